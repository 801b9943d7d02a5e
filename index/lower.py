"""The encoder's tokens and first layers, for what reads with layers of its own above them."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from corpus.folding import fold, simplify
from index.encoder import Encoder
from index.layers import Layer, layers_of

KEPT = 2000
"""Passages whose tokens are kept: some 10 kB each."""

LONGEST_QUESTION = 48
"""Tokens of a question that are read."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens.

    Attributes:
        ids: their numbers in the tokenizer's vocabulary.
        starts, ends: each token's range in the text; both 0 for those that stand for no character.
        words: each token's characters, folded; "" for punctuation and what is no character.

    """

    ids: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    words: tuple[str, ...]

    def only(self, places: npt.NDArray[np.int64]) -> "Tokens":
        """Return some of the tokens."""
        return Tokens(
            self.ids[places],
            self.starts[places],
            self.ends[places],
            tuple(self.words[place] for place in places),
        )

    def found_in(self, folded: str) -> list[bool]:
        """Tell of each token whether a folded text has its characters."""
        return [bool(word) and word in folded for word in self.words]


class LowerLayers:
    """Makes tokens, keeping those of passages, and runs them through the first layers.

    Args:
        encoder: whose tokenizer and layers to use; a BERT-like one.
        count: how many layers, from the first.
        longest: tokens after which a passage is cut.

    """

    def __init__(self, encoder: Encoder, count: int, longest: int) -> None:
        self._encoder = encoder
        self._count = count
        self._longest = longest
        self._layers: list[Layer] | None = None
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        self._mutex = Lock()

    def of_question(self, text: str) -> Tokens:
        """Return a question's tokens."""
        with self._encoder.network() as (tokenizer, _):
            return tokens_of(tokenizer, text, self._encoder.prefixes.query, LONGEST_QUESTION)

    def of_passages(self, texts: Sequence[str]) -> list[Tokens]:
        """Return passages' tokens."""
        with self._mutex:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:  # else nobody has to wait for the encoder
            prefix, longest = self._encoder.prefixes.passage, self._longest
            with self._encoder.network() as (tokenizer, _):
                found |= {text: tokens_of(tokenizer, text, prefix, longest) for text in missing}
        with self._mutex:
            for text in texts:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [found[text] for text in texts]

    def run(self, ids: Tensor, mask: Tensor, places: Tensor | None = None) -> Tensor:
        """Return the states after the first layers, (texts, tokens, width).

        Args:
            ids: token ids, (texts, tokens).
            mask: see `index.layers.Layer`.
            places: each token's place in its text, (texts, tokens); in order when None.

        """
        with self._encoder.network() as (_, bert):
            if self._layers is None:
                self._layers = layers_of(bert)[: self._count]
            return run(bert, self._layers, ids, mask, places)


@torch.no_grad()
def run(
    bert: Any, layers: Sequence[Layer], ids: Tensor, mask: Tensor, places: Tensor | None = None
) -> Tensor:
    """Return the states of some layers over an encoder's embeddings, (texts, tokens, width)."""
    states: Tensor = bert.embeddings(input_ids=ids, position_ids=places)
    for layer in layers:
        states = layer(states, mask)
    return states


def tokens_of(tokenizer: Any, text: str, prefix: str, longest: int) -> Tokens:
    """Return a text's tokens, simplified, behind a prefix and cut to some length."""
    encoded = tokenizer(
        prefix + simplify(text), truncation=True, max_length=longest, return_offsets_mapping=True
    )
    # What stands for no character lies before the prefix's end.
    ranges = np.maximum(np.array(encoded["offset_mapping"], dtype=np.int64) - len(prefix), 0)
    words = (fold(text[start:end]) for start, end in ranges)
    kept = tuple(word if any(map(str.isalnum, word)) else "" for word in words)
    return Tokens(np.array(encoded["input_ids"]), ranges[:, 0], ranges[:, 1], kept)
