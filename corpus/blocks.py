"""Blocks: the lines of a document grouped as its author meant them.

Two readers make them, one for Markdown and one for plain text; everything after this file is the
same for both.
"""

import re
from dataclasses import dataclass
from enum import Enum

_BAR = re.compile(r"\s*(?<!\\)\|\s*|\s*\t\s*")
_GAP = re.compile(r"\s*\u3000\s*| {2,}")


class BlockKind(Enum):
    """What a block is; its kind decides whether neighbours may share a passage."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a list item, a table row or a piece of code.

    Attributes:
        kind: which of these.
        start, end: its words, without list marks or heading marks around them.
        level: 1 for the outermost heading, deeper ones above; 0 for what is no heading.
        header: for a table row, the range of the table's header row; else None.

    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    header: tuple[int, int] | None = None


def cell_breaks(row: str) -> list[tuple[int, int]]:
    """Return the ranges of what stands between a table row's cells.

    Bars or tabs; where there are none, wide gaps.
    """
    ends = _BAR if _BAR.search(row) else _GAP
    return [match.span() for match in ends.finditer(row)]


def cells(row: str) -> list[str]:
    """Return the cells of a table row."""
    breaks = cell_breaks(row)
    starts, stops = [0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(row)]
    return [row[start:stop] for start, stop in zip(starts, stops, strict=True)]


def line_starts(text: str) -> list[int]:
    r"""Return the offset of each line's first character, and the text's length at the end.

    Lines end at `\n`, `\r\n` or a lone `\r`, as in CommonMark.
    """
    starts = [0]
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "\r" and at < len(text) and text[at] == "\n":
            at += 1
        if char in "\r\n":
            starts.append(at)
    if starts[-1] != len(text):
        starts.append(len(text))
    return starts
