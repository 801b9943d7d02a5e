"""The weights that rank sentences and decide refusals, with the measurement that set them.

They stand in `weights.toml` and `refusal.safetensors`, written by `training/fit.py`: once for when
a reader judges question and passage together ("on"), once for when none does ("off"), and those
that tell questions about something else, which no reader is needed for ("topic").
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save_file

Array = npt.NDArray[np.float64]

PATH = Path(__file__).with_name("weights.toml")
REFUSAL = Path(__file__).with_name("refusal.safetensors")
OUTLYING = 3.0
"""Spreads from the middle beyond which a signal's value makes no difference."""


@dataclass(frozen=True)
class Quadratic:
    """A quadratic form of named signals: positive where a question is answered.

    Attributes:
        names: of the signals, in order.
        centre, spread: what each is standardised by, (signals,).
        linear: weights of the standardised values, (signals,).
        square: weights of their products, (signals, signals), upper triangle.
        bias: what is added.

    """

    names: tuple[str, ...]
    centre: Array
    spread: Array
    linear: Array
    square: Array
    bias: float

    def score(self, values: Mapping[str, float]) -> float:
        """Return the form's value for signals by name."""
        return float(self.scores(np.array([[values[name] for name in self.names]]))[0])

    def scores(self, rows: Array) -> Array:
        """Return its values for rows of signals in order, (questions, signals)."""
        standard = np.clip((rows - self.centre) / self.spread, -OUTLYING, OUTLYING)
        pairs = ((standard @ self.square) * standard).sum(axis=1)
        found: Array = standard @ self.linear + pairs + self.bias
        return found


@dataclass(frozen=True)
class Mode:
    """The weights of one mode.

    Attributes:
        name: "on" or "off".
        ranking: by feature of a candidate, see `qa.features`.
        refusal: over signals of a question and its candidates, see `qa.refusal`.
        measured: how well unseen questions were told apart when the weights were set.

    """

    name: str
    ranking: Mapping[str, float]
    refusal: Quadratic
    measured: str

    def features(self) -> Array:
        """Return the ranking weights in their order."""
        return np.array(list(self.ranking.values()))


@cache
def mode_of(reading: bool) -> Mode:
    """Return the weights for when a reader reads, or for when none does."""
    name = "on" if reading else "off"
    found = tomllib.loads(PATH.read_text("utf-8"))[name]
    return Mode(name, found["ranking"], _read_refusal(name), found["measured"])


def _read_refusal(name: str) -> Quadratic:
    with safe_open(REFUSAL, "np") as file:
        names = tuple(json.loads(file.metadata()[name]))
        centre, spread, linear, square, bias = (
            file.get_tensor(f"{name}.{part}").astype(np.float64)
            for part in ("centre", "spread", "linear", "square", "bias")
        )
    return Quadratic(names, centre, spread, linear, square, float(bias[0]))


def write_refusal(forms: Mapping[str, Quadratic]) -> None:
    """Write the quadratic forms of "on" and "off", as single-precision numbers."""
    tensors = {
        f"{name}.{part}": np.asarray(values, dtype=np.float32)
        for name, form in forms.items()
        for part, values in (
            ("centre", form.centre),
            ("spread", form.spread),
            ("linear", form.linear),
            ("square", form.square),
            ("bias", np.array([form.bias])),
        )
    }
    save_file(tensors, REFUSAL, {name: json.dumps(form.names) for name, form in forms.items()})
    mode_of.cache_clear()


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
