"""The weights that rank sentences and decide refusals, with the measurement that set them.

They stand in `weights.toml`, written by `training/fit.py`: once for when a reader judges question
and passage together ("on"), once for when none does ("off"), and those that tell questions about
something else, which no reader is needed for ("topic").
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

PATH = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True, slots=True)
class Mode:
    """The weights of one mode.

    Attributes:
        name: "on" or "off".
        ranking: by feature of a candidate, see `qa.features`.
        refusal: by signal of a question and its candidates, see `qa.refusal`.
        measured: how well unseen questions were told apart when the weights were set.

    """

    name: str
    ranking: Mapping[str, float]
    refusal: Mapping[str, float]
    measured: str

    def features(self) -> npt.NDArray[np.float64]:
        """Return the ranking weights in their order."""
        return np.array(list(self.ranking.values()))

    def signals(self) -> npt.NDArray[np.float64]:
        """Return the refusal weights in their order."""
        return np.array(list(self.refusal.values()))


@cache
def mode_of(reading: bool) -> Mode:
    """Return the weights for when a reader reads, or for when none does."""
    name = "on" if reading else "off"
    found = tomllib.loads(PATH.read_text("utf-8"))[name]
    return Mode(name, found["ranking"], found["refusal"], found["measured"])


@dataclass(frozen=True, slots=True)
class Topic:
    """The weights that tell whether a question is about the documents, see `qa.topic`."""

    weights: Mapping[str, float]
    measured: str


@cache
def topic_weights() -> Topic:
    """Return the weights that tell whether a question is about the documents."""
    return Topic(**tomllib.loads(PATH.read_text("utf-8"))["topic"])


def write(name: str, measured: str, **values: Iterable[float]) -> None:
    """Put weights in the file: the tables of "on", "off" or "topic", by their names."""
    written = tomllib.loads(PATH.read_text("utf-8"))
    for table, weights in values.items():
        written[name][table] = dict(zip(written[name][table], map(float, weights), strict=True))
    written[name]["measured"] = measured
    lines = ["# Written by training/fit.py, which says how."]
    for part, tables in written.items():
        lines += ["", f"[{part}]", f'measured = "{tables.pop("measured")}"']
        for table, weights in tables.items():
            lines += ["", f"[{part}.{table}]"]
            lines += [f"{key} = {value:.3f}" for key, value in weights.items()]
    PATH.write_text("\n".join(lines) + "\n", "utf-8")
    mode_of.cache_clear()
    topic_weights.cache_clear()
