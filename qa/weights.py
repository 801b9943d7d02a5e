"""The weights that rank sentences and decide refusals, with the measurement that set them.

They stand in `weights.toml`, written by `training/fit.py`: once for when a reader judges question
and passage together ("on"), once for when none does ("off").
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


def write(name: str, ranking: Iterable[float], refusal: Iterable[float], measured: str) -> None:
    """Put a mode's weights in the file."""
    tables = tomllib.loads(PATH.read_text("utf-8"))
    for table, values in (("ranking", ranking), ("refusal", refusal)):
        tables[name][table] = dict(zip(tables[name][table], map(float, values), strict=True))
    tables[name]["measured"] = measured
    lines = ["# Written by training/fit.py, which says how."]
    for mode, found in tables.items():
        lines += ["", f"[{mode}]", f'measured = "{found["measured"]}"']
        for table in ("ranking", "refusal"):
            lines += ["", f"[{mode}.{table}]"]
            lines += [f"{key} = {value:.3f}" for key, value in found[table].items()]
    PATH.write_text("\n".join(lines) + "\n", "utf-8")
    mode_of.cache_clear()
