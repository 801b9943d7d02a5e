"""The encoder's first layers over a text: states of its tokens that do not depend on a question."""

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

KEPT = 600
"""Passages whose states are kept: some 100 kB each."""

_LONGEST_QUESTION = 64
"""Tokens of a question that are read."""


@dataclass(frozen=True, slots=True)
class TokenStates:
    """A text's tokens.

    Attributes:
        states: half precision, shape (tokens, width).
        starts, ends: each token's range in the text; both 0 for those that stand for no character.
        words: each token's characters, folded; "" for punctuation and what is no character.

    """

    states: Tensor
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    words: tuple[str, ...]

    def only(self, places: npt.NDArray[np.int64]) -> "TokenStates":
        """Return some of the tokens."""
        return TokenStates(
            self.states[torch.from_numpy(places)],
            self.starts[places],
            self.ends[places],
            tuple(self.words[place] for place in places),
        )

    def found_in(self, folded: str) -> list[bool]:
        """Tell of each token whether a folded text has its characters."""
        return [bool(word) and word in folded for word in self.words]


class LowerStates:
    """Makes token states, and keeps those of passages.

    Args:
        encoder: whose layers to use; a BERT-like one.
        layers: how many of them, from the first.
        longest: tokens after which a passage is cut.

    """

    def __init__(self, encoder: Encoder, layers: int, longest: int) -> None:
        self._encoder = encoder
        self._count = layers
        self._longest = longest
        self._layers: list[Layer] | None = None
        self._kept: OrderedDict[str, TokenStates] = OrderedDict()
        self._mutex = Lock()

    def of_question(self, text: str) -> TokenStates:
        """Return a question's states."""
        prefix = self._encoder.prefixes.query
        return self._made([text], prefix, _LONGEST_QUESTION)[0]

    def of_passages(self, texts: Sequence[str]) -> list[TokenStates]:
        """Return passages' states."""
        with self._mutex:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            made = self._made(missing, self._encoder.prefixes.passage, self._longest)
            found.update(zip(missing, made, strict=True))
        with self._mutex:
            for text in texts:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [found[text] for text in texts]

    def _made(self, texts: Sequence[str], prefix: str, longest: int) -> list[TokenStates]:
        with self._encoder.network() as (tokenizer, bert):
            if self._layers is None:
                self._layers = layers_of(bert)[: self._count]
            encoded = tokenizer(
                [prefix + simplify(text) for text in texts],
                truncation=True,
                max_length=longest,
                padding=True,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            mask = encoded["attention_mask"].bool()
            states = _run(bert, self._layers, encoded["input_ids"], mask).half()
        return [
            TokenStates(
                states[n, mask[n]].clone(),
                *token_ranges(text, encoded["offset_mapping"][n][mask[n]].numpy(), len(prefix)),
            )
            for n, text in enumerate(texts)
        ]


@torch.inference_mode()
def _run(bert: Any, layers: Sequence[Layer], ids: Tensor, mask: Tensor) -> Tensor:
    states: Tensor = bert.embeddings(input_ids=ids)
    for layer in layers:
        states = layer(states, mask)
    return states


def token_ranges(
    text: str, offsets: npt.NDArray[np.int64], shift: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], tuple[str, ...]]:
    """Return tokens' starts, ends and folded words in a text.

    Args:
        text: the text.
        offsets: the tokens' ranges in the text behind its prefix, shape (tokens, 2).
        shift: characters of the prefix.

    """
    ranges = np.maximum(offsets - shift, 0)
    words = (fold(text[start:end]) for start, end in ranges)
    kept = tuple(word if any(map(str.isalnum, word)) else "" for word in words)
    return ranges[:, 0], ranges[:, 1], kept
