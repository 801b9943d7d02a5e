"""Folding: what two spellings of the same thing have in common.

Width (ＲＫ → RK), case, compatibility forms (NFKC) and traditional characters (OpenCC `t2s`) are
folded one character at a time, so that every folded character knows which original it came from.
Folded text is for matching only and is never shown or quoted.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

_SIMPLIFY = OpenCC("t2s")
_MAINLAND = OpenCC("tw2sp")
_CJK = ("\u3400", "\u9fff")


class _FoldTable(dict[int, str]):
    """Translation table for `str.translate`, filled one character at a time as texts need them."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char).casefold()
        if _CJK[0] <= folded <= _CJK[1]:
            folded = _SIMPLIFY.convert(folded)
        # A lone surrogate or an unassigned code point folds to itself.
        self[code] = folded or char
        return self[code]


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Return `text` folded for matching. Its length may differ from the original's."""
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that remembers where it came from.

    Attributes:
        text: the folded text.
        origin: for each folded character the offset of its original; one more entry than
            characters, the last being the original's length.

    """

    text: str
    origin: tuple[int, ...]

    def find_all(self, needle: str) -> Iterator[tuple[int, int]]:
        """Yield the original ranges where the folded `needle` occurs, without overlaps."""
        at = self.text.find(needle) if needle else -1
        last = 0
        while at >= 0:
            start, end = self.original_range(at, at + len(needle))
            # A ligature may hold the needle twice, or end one find and begin the next.
            if start >= last:
                yield start, end
                last = end
            at = self.text.find(needle, at + len(needle))

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the original range that folded characters `start` to `end` came from."""
        return self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[start]


def fold_with_offsets(text: str) -> Folded:
    """Fold `text`, keeping the way back to original offsets."""
    pieces = [_TABLE[ord(char)] for char in text]
    origin: list[int] = []
    for offset, piece in enumerate(pieces):
        origin.extend([offset] * len(piece))
    origin.append(len(text))
    return Folded("".join(pieces), tuple(origin))


@lru_cache(maxsize=4096)
def to_mainland(text: str) -> str:
    """Rewrite traditional text with mainland words (晶片 → 芯片); simplified text is unchanged.

    Phrase by phrase, so lengths and offsets are lost: for questions only.
    """
    # Simplified text must not meet the phrase table: it would make 文件 of 文档, 内核 of 核心.
    return text if simplify(text) == text else str(_MAINLAND.convert(text))


def simplify(text: str) -> str:
    """Turn traditional characters into simplified ones, leaving width and case alone."""
    return str(_SIMPLIFY.convert(text))
