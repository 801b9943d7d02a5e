"""Plain text to blocks: headings are guessed from numbering and from short lines standing alone.

Articles pasted as text carry no marks, yet their short lines are headings all the same, and a
passage without its heading loses what it is about.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.blocks import Block, BlockKind, cells, line_starts
from corpus.sentences import trim

LONGEST_HEADING = 40
"""Characters; a longer line is a paragraph."""
FEWEST_ROWS = 3
FEWEST_CELLS = 3
LONGEST_CELL = 30
"""A table set with wide gaps has this many lines and cells, these of at most so many characters."""
SHORTEST_WRAPPED_LINE = 25
"""Characters; lines shorter than this were not broken by a right margin."""

_NUMBER = "[0-9０-９零〇一二三四五六七八九十百]+"
_NUMBERINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第{_NUMBER}[编篇部]分?[ \u3000:：、]?",
        rf"(?:第{_NUMBER}章|Chapter \d+|Part \d+)",
        rf"第{_NUMBER}节",
        r"0\d[ \u3000.、:：]",
        r"[一二三四五六七八九十百]+[、.．]",
        r"[（(][一二三四五六七八九十百]+[)）]",
        r"\d{1,2}(?:[、.．] ?|[ \u3000])(?!\d)",
        r"\d{1,2}\.\d{1,2}[.、]?[ \u3000]?(?!\d|\.\d)",
        r"\d{1,2}\.\d{1,2}\.\d{1,2}[.、]?[ \u3000]?(?!\d)",
        r"[（(]\d{1,2}[)）]|\d{1,2}[)）]|[①-⑳]",
    )
)
"""Numbering styles from the outermost to the innermost; a style's rank is its place here."""
_UNNUMBERED = len(_NUMBERINGS)
_BULLET = re.compile(r"[-*•·●▪◆■–—][ \t\u3000]+")
_ENDS_LIKE_TEXT = re.compile(r"[。！？；，、：…!?;,:.]\s*[”’」』）)】》]*$")
_WRAPPED = re.compile(r"[^。！？；：…!?;:.”’」』）)】》|\t]$")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    rank: int | None
    """Place in the order of numbering styles if the line may be a heading, else None."""
    after_blank: bool


def plain_blocks(text: str) -> list[Block]:
    """Return the blocks of plain text: headings, list items, table rows and paragraphs.

    A row's cells stand apart by tabs or, in a table of several rows, by wide gaps.
    """
    lines = _read_lines(text)
    tables = _tables(text, lines)
    headings = {at: rank for at, rank in _headings(text, lines).items() if at not in tables}
    ranks = sorted({rank for rank in headings.values()})
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if at in tables:
            names = lines[tables[at]]
            header = None if names is line else (names.start, names.end)
            blocks.append(Block(BlockKind.ROW, line.start, line.end, header=header))
            at += 1
            continue
        if at in headings:
            level = ranks.index(headings[at]) + 1
            blocks.append(Block(BlockKind.HEADING, line.start, line.end, level))
            at += 1
            continue
        last = _paragraph_end(text, lines, at, headings)
        blocks.append(_body(text, line.start, lines[last].end, blocks))
        at = last + 1
    return blocks


def with_numbered_headings(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return `blocks` with short numbered ones as headings, where next to none is marked as one.

    Offices and courts number their chapters (「第一章」「一、」) and often mark nothing.
    """
    marked = sum(block.kind is BlockKind.HEADING for block in blocks)
    if marked > 1:
        return tuple(blocks)
    lines = [
        _Line(block.start, block.end, _numbered_rank(text[block.start : block.end], block), True)
        for block in blocks
    ]
    found = _headings(text, lines)
    ranks = sorted(set(found.values()))
    return tuple(
        Block(BlockKind.HEADING, block.start, block.end, ranks.index(found[at]) + 1 + marked)
        if at in found
        else block
        for at, block in enumerate(blocks)
    )


def _numbered_rank(words: str, block: Block) -> int | None:
    rank = _heading_rank(words)
    fits = block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and rank != _UNNUMBERED
    return rank if fits and "|" not in words else None


def _read_lines(text: str) -> list[_Line]:
    starts = line_starts(text)
    lines: list[_Line] = []
    blank = True
    for start, stop in pairwise(starts):
        start, end = trim(text, start, stop)
        if start < end:
            lines.append(_Line(start, end, _heading_rank(text[start:end]), blank))
        blank = start >= end
    return lines


def _heading_rank(line: str) -> int | None:
    if len(line) > LONGEST_HEADING or "\t" in line or _BULLET.match(line):
        return None
    if _ENDS_LIKE_TEXT.search(line) or not any(char.isalpha() for char in line):
        # "是什么？" may well be a heading, but only with a number before it.
        numbered = line.endswith(("？", "?")) and _numbering(line) is not None
        if not numbered:
            return None
    rank = _numbering(line)
    return _UNNUMBERED if rank is None else rank


def _numbering(line: str) -> int | None:
    return next((rank for rank, style in enumerate(_NUMBERINGS) if style.match(line)), None)


def _headings(text: str, lines: Sequence[_Line]) -> dict[int, int]:
    """Return the lines that are headings, each with its rank.

    A heading has something under it that is not another line of its own style: neighbours of one
    style are a list (or verse, or an address).
    """
    found = {}
    for at, line in enumerate(lines):
        if line.rank is None or at + 1 == len(lines):
            continue
        before = lines[at - 1].rank if at else None
        after = lines[at + 1].rank
        same = line.rank in (before, after)
        goes_deeper = after is None or after > line.rank
        if not same and goes_deeper and _introduces(text, lines, at):
            found[at] = line.rank
    return found


def _introduces(text: str, lines: Sequence[_Line], at: int) -> bool:
    """Tell whether an unnumbered short line is set off from what follows, as headings are."""
    line, following = lines[at], lines[at + 1]
    if line.rank != _UNNUMBERED:
        return True
    if re.search(r"\t|\w[:：] ?\d", text[line.start : line.end]):
        return False
    longer = following.end - following.start > line.end - line.start
    return longer or (line.after_blank and following.after_blank)


def _tables(text: str, lines: Sequence[_Line]) -> dict[int, int]:
    """Return the lines that are rows of tables set with wide gaps, each with its table's first."""
    found: dict[int, int] = {}
    first = 0
    while first < len(lines):
        width = _width(text, lines[first])
        last = first
        while last + 1 < len(lines) and not lines[last + 1].after_blank and width:
            if _width(text, lines[last + 1]) != width:
                break
            last += 1
        if last - first + 1 >= FEWEST_ROWS:
            found.update(dict.fromkeys(range(first, last + 1), first))
        first = last + 1
    return found


def _width(text: str, line: _Line) -> int:
    """Return how many cells a line has, 0 where it is no row of a table set with gaps."""
    words = text[line.start : line.end]
    row = cells(words)
    fits = len(row) >= FEWEST_CELLS and all(0 < len(cell) <= LONGEST_CELL for cell in row)
    return len(row) if fits and not re.search(r"[|\t]|[。；;！？!?]$", words) else 0


def _paragraph_end(text: str, lines: Sequence[_Line], at: int, headings: dict[int, int]) -> int:
    """Return the last line of the paragraph that begins at line `at`.

    Every line is a paragraph, except that lines broken by a right margin are one: full-length, not
    ending like a sentence, with no blank line between.
    """
    while at + 1 < len(lines):
        line, following = lines[at], lines[at + 1]
        words = text[line.start : line.end]
        margin = len(words) >= SHORTEST_WRAPPED_LINE and _WRAPPED.search(words)
        next_words = text[following.start : following.end]
        fresh = following.after_blank or at + 1 in headings or _starts_item(next_words)
        if not margin or fresh or "\t" in next_words or len(next_words) > len(words) + 8:
            return at
        at += 1
    return at


def _starts_item(line: str) -> bool:
    return bool(_BULLET.match(line)) or _numbering(line) is not None


def _body(text: str, start: int, end: int, before: Sequence[Block]) -> Block:
    words = text[start:end]
    if "\t" in words:
        previous = before[-1] if before and before[-1].kind is BlockKind.ROW else None
        header = (previous.header or (previous.start, previous.end)) if previous else None
        return Block(BlockKind.ROW, start, end, header=header)
    if bullet := _BULLET.match(words):
        return Block(BlockKind.ITEM, start + bullet.end(), end)
    kind = BlockKind.ITEM if _numbering(words) is not None else BlockKind.PARAGRAPH
    return Block(kind, start, end)
