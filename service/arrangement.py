"""Pieces of a document gathered into what a page shows: tables, lists and the rest.

Nothing is dropped: marks of the source stay, as runs a style sheet hides, so that every character
keeps its place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.blocks import cell_breaks
from corpus.document import Document
from corpus.passages import page_of
from service.layout import Piece, Run, cut

_INLINE = re.compile(
    r"(?P<code>`+)(?P<in_code>[^`\n]+)(?P=code)"
    r"|(?P<strong>\*\*|__)(?=\S)(?P<in_strong>[^\n]+?)(?<=\S)(?P=strong)"
    r"|(?<![\w*])(?P<em>\*)(?=[^\s*])(?P<in_em>[^*\n]+?)(?<=[^\s*])\*(?![\w*])"
    r"|(?<!!)\[(?P<in_link>[^\[\]\n]+)\]\([^()\s]*\)"
)
_ORDERED = re.compile(r"\s*(\d{1,9})[.)]")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_NUMBERED = re.compile(r"\s*[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）.、．]")
"""Numbers that plain text keeps inside an item."""
_INDENT = 2
"""Columns of indentation that make a list one deeper."""
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, or an item of a list.

    Attributes:
        cells: the row's cells, or the item as the only one.
        number: what an ordered list's item is numbered; else None.
        depth: how deep a list's item stands, from 0.
        marked: whether a list's item has a mark of its own, rather than going on from the last.

    """

    cells: tuple[tuple[Run, ...], ...]
    number: int | None = None
    depth: int = 0
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """What stands together on the page.

    Attributes:
        kind: "table" or "list" with `lines`, or "piece" with `piece`.
        piece: a block, or what stands between two.
        lines: rows or items.
        page: the number of the page that begins with it, in a document with pages; else None.

    """

    kind: str
    piece: Piece | None = None
    lines: tuple[Line, ...] = ()
    page: int | None = None

    @property
    def start(self) -> int:
        """Offset of its first character."""
        return self.piece.start if self.piece else self.lines[0].cells[0][0].start


def with_pages(groups: Iterable[Group], document: Document) -> Iterator[Group]:
    """Say of each group what page begins with it, or in the one before."""
    last: int | None = None
    for group in groups:
        page = page_of(document, group.start)
        gap = group.piece is not None and group.piece.kind == "gap"
        yield replace(group, page=page) if page != last and not gap else group
        last = last if gap else page


def arrange(pieces: Iterable[Piece], *, markdown: bool) -> Iterator[Group]:
    """Gather `pieces` into groups; all runs of the groups in order are all runs of the pieces.

    Args:
        pieces: a document laid out.
        markdown: whether its text is Markdown, whose marks inside lines are then told apart.

    """
    open_kind, gathered = "", list[Piece]()
    for piece in pieces:
        kind = {"row": "table", "item": "list"}.get(piece.kind, "")
        goes_on = piece.kind == "gap" or (open_kind == "table" and piece.kind == "rule")
        if gathered and kind != open_kind and not goes_on:
            yield from _closed(open_kind, gathered, markdown)
            open_kind, gathered = "", []
        if kind or gathered:
            open_kind = kind or open_kind
            gathered.append(piece)
        else:
            yield Group("piece", _styled(piece, markdown))
    if gathered:
        yield from _closed(open_kind, gathered, markdown)


def _closed(kind: str, gathered: list[Piece], markdown: bool) -> Iterator[Group]:
    # What stands behind the last row or item is no part of the table or list.
    after = list[Piece]()
    while gathered[-1].kind == "gap":
        after.insert(0, gathered.pop())
    lines: list[Line] = []
    for piece in gathered:
        if piece.kind in ("row", "item"):
            make = _row if kind == "table" else _item
            lines.append(make(_styled(piece, markdown)))
        else:
            *others, last = lines[-1].cells
            hidden = tuple(replace(run, markup=True) for run in piece.runs)
            lines[-1] = replace(lines[-1], cells=(*others, last + hidden))
    yield Group(kind, lines=tuple(lines))
    yield from (Group("piece", piece) for piece in after)


def _row(piece: Piece) -> Line:
    start = piece.runs[0].start
    # Marks at the row's ends stand between no cells.
    words = "".join("\0" * len(run.text) if run.markup else run.text for run in piece.runs)
    spans = cell_breaks(words)
    breaks = [(start + one, start + other) for one, other in spans]
    edges = sorted({edge for each in breaks for edge in each})
    cells: list[list[Run]] = [[]]
    for run in piece.runs:
        for part in cut(run, edges):
            between = [each for each in breaks if each[0] <= part.start < each[1]]
            cells[-1].append(replace(part, markup=True) if between else part)
            if between and part.start + len(part.text) == between[0][1]:
                cells.append([])
    return Line(tuple(tuple(cell) for cell in cells))


def _item(piece: Piece) -> Line:
    mark = piece.runs[0].text if piece.runs[0].markup else ""
    number = _ORDERED.match(mark)
    spaces = len(mark.expandtabs(4)) - len(mark.expandtabs(4).lstrip())
    return Line(
        (piece.runs,),
        int(number[1]) if number else None,
        min(_DEEPEST, spaces // _INDENT),
        bool(_BULLET.match(mark)) or not (mark or _NUMBERED.match(piece.runs[0].text)),
    )


def _styled(piece: Piece, markdown: bool) -> Piece:
    if not markdown or piece.kind in ("code", "gap", "rule", "rest"):
        return piece
    text = "".join(run.text for run in piece.runs)
    marks, styles = _inline(text, piece.start)
    if not marks:
        return piece
    edges = sorted({edge for span in (*marks, *(span[:2] for span in styles)) for edge in span})
    runs = (part for run in piece.runs for part in cut(run, edges))
    return replace(piece, runs=tuple(_told(run, marks, styles) for run in runs))


def _inline(text: str, offset: int) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Find marks inside a line, and the ranges that they give a style to."""
    marks: list[tuple[int, int]] = []
    styles: list[tuple[int, int, str]] = []
    for match in _INLINE.finditer(text):
        style = next(name for name in ("code", "strong", "em", "link") if match[f"in_{name}"])
        start, end = (offset + edge for edge in match.span(f"in_{style}"))
        marks += [(offset + match.start(), start), (end, offset + match.end())]
        styles.append((start, end, style))
    return marks, styles


def _told(
    run: Run, marks: Sequence[tuple[int, int]], styles: Sequence[tuple[int, int, str]]
) -> Run:
    if any(start <= run.start < end for start, end in marks):
        return replace(run, markup=True)
    style = next((name for start, end, name in styles if start <= run.start < end), "")
    return replace(run, style=style) if style else run
