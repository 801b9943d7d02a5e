"""A document's text laid out for reading: every character once, in order, with its offset."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.blocks import Block
from corpus.document import Document
from corpus.passages import blocks_of

_TABLE_RULE = re.compile(r"[\s|:\-]+")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that look alike.

    Attributes:
        start: offset of the first one.
        text: the characters.
        markup: whether they are list marks and the like rather than words.
        quoted: whether they are in the highlighted range.
        style: "strong", "em", "code" or "link" where marks in the source say so.

    """

    start: int
    text: str
    markup: bool = False
    quoted: bool = False
    style: str = ""

    @property
    def classes(self) -> str:
        """What a style sheet is told of them."""
        return " ".join(filter(None, ("markup" if self.markup else "", self.style)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or what stands between two blocks.

    Attributes:
        kind: a block's kind, or "gap" (white space), "rule" (the line under a table's head) or
            "rest" (whatever else no block has claimed).
        level: of a heading, from 1; else 0.
        start: offset of its first character.
        runs: its characters.

    """

    kind: str
    level: int
    start: int
    runs: tuple[Run, ...]

    @property
    def words(self) -> str:
        """Its characters without markup."""
        return "".join(run.text for run in self.runs if not run.markup)


def lay_out(document: Document, quote: tuple[int, int] | None = None) -> list[Piece]:
    """Lay out `document` with the range `quote` highlighted.

    All pieces' runs joined are `document.text`.
    """
    pieces = list(_pieces(document.text, blocks_of(document)))
    return [_highlight(piece, *quote) for piece in pieces] if quote else pieces


def _pieces(text: str, blocks: Sequence[Block]) -> Iterator[Piece]:
    at = 0
    for place, block in enumerate(blocks):
        limit = blocks[place + 1].start if place + 1 < len(blocks) else len(text)
        first = max(at, _line_start(text, block.start))
        if at < first:
            yield _between(text, at, first)
        at = min(_line_end(text, block.end), limit)
        runs = (
            Run(first, text[first : block.start], markup=True),
            Run(block.start, text[block.start : block.end]),
            Run(block.end, text[block.end : at], markup=True),
        )
        yield Piece(block.kind.value, block.level, first, tuple(run for run in runs if run.text))
    if at < len(text):
        yield _between(text, at, len(text))


def _between(text: str, start: int, end: int) -> Piece:
    words = text[start:end]
    kind = "gap" if words.isspace() else "rule" if _TABLE_RULE.fullmatch(words) else "rest"
    return Piece(kind, 0, start, (Run(start, words, markup=True),))


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
    return min(ends, default=len(text))


def _highlight(piece: Piece, start: int, end: int) -> Piece:
    runs = tuple(part for run in piece.runs for part in _split(run, start, end))
    return Piece(piece.kind, piece.level, piece.start, runs)


def _split(run: Run, start: int, end: int) -> Iterator[Run]:
    for part in cut(run, (start, end)):
        yield replace(part, quoted=start <= part.start < end)


def cut(run: Run, edges: Sequence[int]) -> Iterator[Run]:
    """Cut a run at those of `edges`, in ascending order, that are inside it."""
    stop = run.start + len(run.text)
    inside = (edge for edge in edges if run.start < edge < stop)
    for first, last in pairwise((run.start, *inside, stop)):
        yield replace(run, start=first, text=run.text[first - run.start : last - run.start])
