"""HTML tables as grids: spans filled, the header told from the rows."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement as Element

from corpus.extract import names_columns, one_line

WIDEST = 200
"""Most columns that are kept."""
_MOST_ROWS_SPANNED = 1000
_LAYOUT_CELL = 600
"""Characters; a longer cell with blocks of its own is a page's layout, not a table's value."""
_LAYOUT_BLOCKS = ".//h1|.//h2|.//h3|.//table|.//article|.//section"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's place in the grid."""

    words: str
    names: bool
    """Whether it is a `th`, or stands in the table's head."""
    repeated: bool
    """Whether it is here only because the cell on its left spans this column too."""


def table_rows(table: Element) -> Iterator[Element]:
    """Yield a table's rows, not those of tables inside it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def is_layout(table: Element) -> bool:
    """Tell a table that only arranges a page from one that says something."""
    if table.get("role") in ("presentation", "none") or table.xpath(_LAYOUT_BLOCKS):
        return True
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table_rows(table)]
    if max((len(row) for row in rows), default=0) < 2:
        return True
    cells = [cell for row in rows for cell in row]
    return any(len(cell.xpath(".//p|.//li|.//div|.//br")) > 3 for cell in cells) and any(
        len(cell.text_content()) > _LAYOUT_CELL for cell in cells
    )


def grid(table: Element, words: Callable[[Element], str]) -> list[list[Cell]]:
    """Return a table's cells by row and column.

    A cell that spans rows stands in each of them, so that each row says all it says by itself; one
    that spans columns is followed by repeated ones.
    """
    found: list[list[Cell]] = []
    below: dict[int, tuple[Cell, int]] = {}
    for row in table_rows(table):
        in_head = row.getparent().tag == "thead"
        cells: list[Cell] = []
        for element in (cell for cell in row if cell.tag in ("td", "th")):
            _take_spanned(cells, below)
            text, names = one_line(words(element)), in_head or element.tag == "th"
            down = min(_span(element, "rowspan"), _MOST_ROWS_SPANNED)
            for across in range(_span(element, "colspan")):
                if len(cells) < WIDEST:
                    cell = Cell(text, names, across > 0)
                    if down > 1:
                        below[len(cells)] = cell, down - 1
                    cells.append(cell)
        _take_spanned(cells, below)
        found.append(cells)
    return found


def _take_spanned(cells: list[Cell], below: dict[int, tuple[Cell, int]]) -> None:
    while (place := len(cells)) in below:
        cell, left = below.pop(place)
        if left > 1:
            below[place] = cell, left - 1
        cells.append(cell)


def merged(rows: Sequence[Sequence[Cell]]) -> tuple[list[str], list[list[str]]]:
    """Return a table's column names, those of several lines joined, and its rows.

    The first rows that are all `th` are the names; without any `th`, the first row is where its
    words look like names.
    """
    filled = [row for row in rows if any(cell.words for cell in row)]
    count = 0
    while count < len(filled) - 1 and all(cell.names for cell in filled[count]):
        count += 1
    none_told = not any(cell.names for row in filled for cell in row)
    if not count and none_told and len(filled) > 1 and names_columns(_plain(filled[0])):
        return _plain(filled[0]), [_plain(row) for row in filled[1:]]
    columns = max((len(row) for row in filled[:count]), default=0)
    names = [
        " ".join(
            dict.fromkeys(
                row[place].words for row in filled[:count] if place < len(row) and row[place].words
            )
        )
        for place in range(columns)
    ]
    return names, [_plain(row) for row in filled[count:]]


def _plain(row: Sequence[Cell]) -> list[str]:
    return ["" if cell.repeated else cell.words for cell in row]


def _span(cell: Element, name: str) -> int:
    number = cell.get(name, "")
    return max(1, min(int(number), WIDEST * 5)) if re.fullmatch(r"\d{1,4}", number) else 1
