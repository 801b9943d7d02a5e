"""Reading: question and passage judged together, by a small network over the encoder's states.

Similarity compares two vectors made apart; whether a sentence answers takes both at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional

from corpus.folding import fold
from index.encoder import Encoder
from index.entry import Page
from index.layers import unpacked
from index.lower import LowerLayers, Tokens
from index.model import DEFAULT_MODEL
from qa.network import SHARED, Joint, ReaderNetwork, joined

WEIGHTS = Path(__file__).with_name("reader.safetensors")
LONGEST = 320
"""Tokens of a passage that are read."""
LONGEST_SPAN = 40
"""Tokens an answer may have."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range in a document that may answer; `score` is its logit over "no answer here"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a passage.

    Attributes:
        answers: the logit that the passage answers.
        starts, ends: its tokens' ranges in the document; of headings, before its start.
        first, last: logits over "no answer" that the answer begins or ends with a token.
        begin: where the passage's own words begin in the document.
        asked: the question's tokens' ranges in its text: starts and ends.
        cosines: of the question's tokens with the passage's, (question, passage tokens).

    """

    answers: float
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    first: npt.NDArray[np.float32]
    last: npt.NDArray[np.float32]
    begin: int
    asked: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    cosines: npt.NDArray[np.float32]

    def nearest(
        self, start: int, end: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the question's tokens' highest cosines in a range, and in the headings above."""
        real = self.ends > self.starts
        return (
            self._highest(real & (self.starts >= start) & (self.ends <= end)),
            self._highest(real & (self.starts < self.begin)),
        )

    def _highest(self, among: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        found: npt.NDArray[np.float32] = self.cosines[:, among].max(axis=1, initial=-1.0)
        return found

    def best(self, start: int, end: int) -> Span | None:
        """Return the likeliest answer inside a range of the document; None if no token is."""
        inside = np.flatnonzero((self.starts >= start) & (self.ends <= end))
        if not len(inside):
            return None
        pairs = self.first[inside][:, None] + self.last[inside][None, :]
        place = np.arange(len(inside))
        apart = place[None, :] - place[:, None]
        pairs = np.where((apart >= 0) & (apart < LONGEST_SPAN), pairs, -np.inf)
        one, other = np.unravel_index(int(pairs.argmax()), pairs.shape)
        return Span(
            int(self.starts[inside[one]]), int(self.ends[inside[other]]), float(pairs[one, other])
        )


class Reader:
    """Reads passages for a question.

    Args:
        encoder: the encoder whose upper layers the network was trained from.
        weights: the network's file.

    """

    def __init__(self, encoder: Encoder, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._lower = LowerLayers(encoder, SHARED, LONGEST)
        self._lock = Lock()
        self._network: ReaderNetwork | None = None

    @staticmethod
    def fits(model: str) -> bool:
        """Tell whether there is a reader for an encoder; its states mean nothing to another."""
        return model == DEFAULT_MODEL and WEIGHTS.exists()

    def load(self) -> None:
        """Load the network now instead of at first use."""
        self._loaded()

    def read(
        self,
        question: str,
        pages: Sequence[Page],
        shown: Sequence[Collection[tuple[int, int]]] | None = None,
    ) -> list[Reading]:
        """Read some passages for a question.

        Args:
            question: the question.
            pages: the passages.
            shown: for each the ranges of the document that are read; all of it when None.

        """
        if not pages:
            return []
        asked = self._lower.of_question(question)
        told = self._told(pages, shown)
        pairs = [
            joined(
                asked.ids.tolist(),
                tokens.ids.tolist(),
                (asked.found_in(fold(page.context)), tokens.found_in(fold(question))),
            )
            for page, tokens in zip(pages, told, strict=True)
        ]
        packed = _packed(pairs)
        states = self._lower.run(packed.ids, packed.mask, packed.places)
        with torch.inference_mode():
            spans, answers = self._loaded()(states, packed.mask, packed.sides)
        own = len(asked.ids)
        found = []
        for page, tokens, (begin, end) in zip(pages, told, packed.ranges, strict=True):
            over = (spans[0, begin + own : end] - spans[0, begin]).numpy()
            found.append(
                Reading(
                    answers=float(answers[0, begin]),
                    starts=tokens.starts,
                    ends=tokens.ends,
                    first=over[:, 0],
                    last=over[:, 1],
                    begin=page.start,
                    asked=(asked.starts, asked.ends),
                    cosines=_cosines(states[0, begin:end], own).numpy(),
                )
            )
        return found

    def _told(
        self, pages: Sequence[Page], shown: Sequence[Collection[tuple[int, int]]] | None
    ) -> list[Tokens]:
        """Return the passages' tokens that are shown, with their ranges in the document."""
        made = self._lower.of_passages([page.context for page in pages])
        told = [_of_document(page, tokens) for page, tokens in zip(pages, made, strict=True)]
        if shown is None:
            return told
        return [
            tokens.only(_seen(page, tokens, ranges))
            for page, tokens, ranges in zip(pages, told, shown, strict=True)
        ]

    def _loaded(self) -> ReaderNetwork:
        with self._lock:
            if self._network is None:
                self._network = load(self._weights)
            return self._network


def _of_document(page: Page, tokens: Tokens) -> Tokens:
    """Return tokens with their ranges in the document; without characters, an empty one."""
    away = page.start - page.shift
    empty = tokens.ends <= tokens.starts
    return replace(
        tokens,
        starts=np.where(empty, -1, tokens.starts + away),
        ends=np.where(empty, -1, tokens.ends + away),
    )


def _seen(page: Page, tokens: Tokens, ranges: Collection[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """Return the places of the tokens in some ranges, and of all that is not the passage's own."""
    seen = tokens.starts < page.start
    for start, end in ranges:
        seen |= (tokens.starts >= start) & (tokens.ends <= end)
    return np.flatnonzero(seen)


def _cosines(states: Tensor, asked: int) -> Tensor:
    """Return the cosines of a question's tokens with its passage's, (question, passage tokens).

    What all states have in common is taken off first: it makes everything alike.
    """
    directed = functional.normalize(states - states.mean(dim=0), dim=-1)
    return directed[:asked] @ directed[asked:].T


@dataclass(frozen=True, slots=True)
class _Packed:
    """Pairs one behind the other, each attending to itself: no token is there to fill up.

    Attributes:
        ids, places, sides: as the layers take them, (1, tokens).
        mask: the same, (1, tokens, tokens).
        ranges: where each pair begins and ends.

    """

    ids: Tensor
    places: Tensor
    sides: Tensor
    mask: Tensor
    ranges: tuple[tuple[int, int], ...]


def _packed(pairs: Sequence[Joint]) -> _Packed:
    owner = torch.tensor([n for n, pair in enumerate(pairs) for _ in pair.ids])
    ends = [0, *accumulate(len(pair.ids) for pair in pairs)]
    return _Packed(
        ids=torch.tensor([[each for pair in pairs for each in pair.ids]]),
        places=torch.tensor([[place for pair in pairs for place in range(len(pair.ids))]]),
        sides=torch.tensor([[each for pair in pairs for each in pair.sides]]),
        mask=(owner[:, None] == owner[None, :])[None],
        ranges=tuple(pairwise(ends)),
    )


def load(path: Path) -> ReaderNetwork:
    """Load a network."""
    with safe_open(path, "pt") as file:
        shape = {key: int(value) for key, value in file.metadata().items()}
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    network = ReaderNetwork(shape["width"], shape["heads"], shape["inner"], shape["layers"])
    network.load_state_dict(unpacked(weights))
    return network.eval().requires_grad_(False)
