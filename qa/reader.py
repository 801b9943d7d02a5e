"""Reading: question and passage judged together, by a small network over the encoder's states.

Similarity compares two vectors made apart; whether a sentence answers takes both at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
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
from index.lower import LowerStates, TokenStates
from index.model import DEFAULT_MODEL
from qa.network import JOIN, ReaderNetwork, joined

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
        self._lower = LowerStates(encoder, JOIN, LONGEST)
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
        states = [
            _of_document(page, tokens)
            for page, tokens in zip(
                pages, self._lower.of_passages([page.context for page in pages]), strict=True
            )
        ]
        if shown is not None:
            states = [
                tokens.only(_seen(page, tokens, ranges))
                for page, tokens, ranges in zip(pages, states, shown, strict=True)
            ]
        network = self._loaded()
        matches = [
            (asked.found_in(fold(page.context)), told.found_in(fold(question)))
            for page, told in zip(pages, states, strict=True)
        ]
        with torch.inference_mode():
            inputs = joined([asked.states] * len(pages), [each.states for each in states], matches)
            spans, answers = network(*inputs)
            near = _cosines(asked, states)
        own = len(asked.starts)
        over = [(spans[n, own:] - spans[n, 0]).numpy() for n in range(len(states))]
        return [
            Reading(
                answers=float(answers[n]),
                starts=tokens.starts,
                ends=tokens.ends,
                first=over[n][: len(tokens.starts), 0],
                last=over[n][: len(tokens.starts), 1],
                begin=pages[n].start,
                asked=(asked.starts, asked.ends),
                cosines=near[n].numpy(),
            )
            for n, tokens in enumerate(states)
        ]

    def _loaded(self) -> ReaderNetwork:
        with self._lock:
            if self._network is None:
                self._network = load(self._weights)
            return self._network


def _of_document(page: Page, tokens: TokenStates) -> TokenStates:
    """Return tokens with their ranges in the document; without characters, an empty one."""
    away = page.start - page.shift
    empty = tokens.ends <= tokens.starts
    return replace(
        tokens,
        starts=np.where(empty, -1, tokens.starts + away),
        ends=np.where(empty, -1, tokens.ends + away),
    )


def _seen(
    page: Page, tokens: TokenStates, ranges: Collection[tuple[int, int]]
) -> npt.NDArray[np.int64]:
    """Return the places of the tokens in some ranges, and of all that is not the passage's own."""
    seen = tokens.starts < page.start
    for start, end in ranges:
        seen |= (tokens.starts >= start) & (tokens.ends <= end)
    return np.flatnonzero(seen)


def _cosines(question: TokenStates, passages: Sequence[TokenStates]) -> list[Tensor]:
    """Return the cosines of a question's tokens with each passage's, (question, passage tokens).

    What all states have in common is taken off first: it makes everything alike.
    """
    common = torch.cat([passage.states for passage in passages]).float().mean(dim=0)

    def directed(states: Tensor) -> Tensor:
        return functional.normalize(states.float() - common, dim=-1)

    asked = directed(question.states)
    return [asked @ directed(passage.states).T for passage in passages]


def load(path: Path) -> ReaderNetwork:
    """Load a network."""
    with safe_open(path, "pt") as file:
        shape = {key: int(value) for key, value in file.metadata().items()}
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    network = ReaderNetwork(shape["width"], shape["heads"], shape["inner"], shape["layers"])
    network.load_state_dict(unpacked(weights))
    return network.eval().requires_grad_(False)
