"""The lines of a PDF's page in reading order, put together from its letters."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from corpus.extract import is_wide, one_line

_SPACE = 0.22
"""Gap between letters that is a space, in letter sizes."""
_WIDE_SPACE = 0.6
"""The same between Chinese characters, which may be spread to fill a line."""
_COLUMN_GAP = 1.6
"""Gap in a line at which another column may begin, in letter sizes."""
_GUTTER = (0.3, 0.7)
"""Where between a page's margins the space between two columns is looked for."""
_MOST_ACROSS = 0.35
"""Share of lines that may cross the space between two columns, as titles and tables do."""

Char = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    Attributes:
        text: its words; never empty, on one line.
        page: the page, from 0.
        x0, x1, top, bottom: its box in points, from the page's upper left corner.
        size: its letters' size, rounded to half a point.
        left, right: where its column's lines begin and end.
        height: of its page.
        pitch: what lines of its column have between them.

    """

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    height: float
    left: float = 0.0
    right: float = 0.0
    pitch: float = 0.0


def lines_of(chars: Sequence[Char], page: int, height: float) -> list[Line]:
    """Return a page's lines: column by column where it has two."""
    upright = [char for char in chars if char.get("upright", True) and char["text"]]
    segments = [
        segment
        for row in _rows(upright)
        for segment in _segments(row, page, height)
        if segment.text
    ]
    ordered: list[Line] = []
    for column in _columns(segments):
        ordered.extend(_placed(column))
    return ordered


def _rows(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Yield the letters of each height on the page, from left to right."""
    row: list[Char] = []
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        middle = (char["top"] + char["bottom"]) / 2
        if row and middle - (row[0]["top"] + row[0]["bottom"]) / 2 > 0.5 * row[0]["size"]:
            yield sorted(row, key=lambda char: float(char["x0"]))
            row = []
        row.append(char)
    if row:
        yield sorted(row, key=lambda char: float(char["x0"]))


def _segments(row: list[Char], page: int, height: float) -> Iterator[Line]:
    """Cut a row where another column may begin."""
    first = 0
    for at, (left, right) in enumerate(pairwise(row), 1):
        if right["x0"] - left["x1"] > _COLUMN_GAP * max(left["size"], right["size"]):
            yield _line(row[first:at], page, height)
            first = at
    yield _line(row[first:], page, height)


def _line(chars: list[Char], page: int, height: float) -> Line:
    words = [chars[0]["text"]]
    for left, right in pairwise(chars):
        if left["text"] == right["text"] and abs(left["x0"] - right["x0"]) < 0.1 * left["size"]:
            # Bold made by printing twice.
            continue
        wide = is_wide(left["text"][0]) and is_wide(right["text"][0])
        if right["x0"] - left["x1"] > (_WIDE_SPACE if wide else _SPACE) * right["size"]:
            words.append(" ")
        words.append(right["text"])
    printed = [char for char in chars if char["text"].strip()] or chars
    sizes = sorted(char["size"] for char in printed)
    return Line(
        one_line("".join(words)),
        page,
        min(char["x0"] for char in printed),
        max(char["x1"] for char in printed),
        min(char["top"] for char in printed),
        max(char["bottom"] for char in printed),
        round(sizes[len(sizes) // 2] * 2) / 2,
        height,
    )


def _columns(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield the lines of one column after the other; those across both part the page."""
    gutter = _gutter(lines)
    if gutter is None:
        yield _whole_rows(lines)
        return
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        if line.x0 < gutter < line.x1:
            yield from (left, right, [line])
            left, right = [], []
        else:
            (left if line.x1 <= gutter else right).append(line)
    yield from (left, right)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return where the space between two columns is, or None where there is one column."""
    if len(lines) < 8:
        return None
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    places = [start + (end - start) * (_GUTTER[0] + 0.01 * step) for step in range(41)]

    def crossing(place: float) -> int:
        return sum(line.x0 < place < line.x1 for line in lines)

    fewest = min(map(crossing, places))
    best = [place for place in places if crossing(place) == fewest]
    place = best[len(best) // 2]
    sides = [sum(line.x1 <= place for line in lines), sum(line.x0 >= place for line in lines)]
    long = [line for line in lines if line.x1 - line.x0 > (end - start) * 0.3]
    beside = len(long) - sum(line.x0 < place < line.x1 for line in long)
    if fewest > len(lines) * _MOST_ACROSS or min(sides) < 4 or beside < len(lines) * 0.4:
        return None
    return place


def _whole_rows(lines: list[Line]) -> list[Line]:
    """Put together again what stands in one row: there are no columns."""
    rows: list[Line] = []
    for line in lines:
        last = rows[-1] if rows else None
        if last and line.x0 >= last.x1 and line.top < last.bottom and last.top < line.bottom:
            rows[-1] = Line(
                f"{last.text} {line.text}",
                last.page,
                last.x0,
                line.x1,
                min(last.top, line.top),
                max(last.bottom, line.bottom),
                max(last.size, line.size),
                last.height,
            )
        else:
            rows.append(line)
    return rows


def _placed(lines: list[Line]) -> Iterator[Line]:
    """Yield a column's lines, each with where the column begins and ends."""
    if not lines:
        return
    # Most lines begin where the column does; nearly none end to the right of where it ends.
    starts = Counter(round(line.x0 / 2) * 2.0 for line in lines for _ in line.text)
    left = starts.most_common(1)[0][0]
    ends = sorted(line.x1 for line in lines)
    right = ends[int(len(ends) * 0.9)]
    gaps = sorted(b.top - a.bottom for a, b in pairwise(lines) if b.top > a.top)
    pitch = max(0.0, gaps[len(gaps) // 3]) if gaps else 0.0
    for line in lines:
        yield Line(
            line.text,
            line.page,
            line.x0,
            line.x1,
            line.top,
            line.bottom,
            line.size,
            line.height,
            left,
            right,
            pitch,
        )
