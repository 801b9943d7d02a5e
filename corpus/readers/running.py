"""Running heads, running feet and page numbers: lines that pages repeat and nobody reads."""

import re
from collections import defaultdict
from collections.abc import Sequence

from corpus.readers.lines import Line

_MARGIN = 0.12
"""Share of a page's height at its top and bottom where such lines stand."""
_EDGE = 2
"""Lines at the top and bottom of a page that may be such lines."""
_SHARE = 0.3
"""Share of the pages that repeat a line; heads of left and right pages may differ."""
_OFTEN = 5
"""Pages that are enough however many there are: a chapter's head."""
_NUMBERS = re.compile(r"[0-9０-９]+|[ivxlcdm]+(?![a-z])", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"[-–—·•\s]*(?:第\s*)?(?:page\s*)?[0-9０-９]{1,4}(?:\s*页)?"
    r"(?:\s*(?:/|of|，|,|共)\s*(?:共\s*)?[0-9０-９]{1,4}\s*页?)?[-–—·•\s]*",
    re.IGNORECASE,
)


def without_running(lines: Sequence[Line], heading: float) -> list[Line]:
    """Return the lines that are not repeated from page to page.

    Args:
        lines: the lines of all pages.
        heading: letters of this size are headings: those that differ in their number stay.

    """
    pages = {line.page for line in lines}
    seen: dict[tuple[bool, str], set[int]] = defaultdict(set)
    edges = [line for page in _by_page(lines) for line in _edges(page)]
    for line in edges:
        seen[_key(line, heading)].add(line.page)
    needed = max(2, min(_OFTEN, round(len(pages) * _SHARE)))
    running = {
        id(line)
        for line in edges
        if len(seen[_key(line, heading)]) >= needed or _PAGE_NUMBER.fullmatch(line.text)
    }
    return [line for line in lines if id(line) not in running]


def _by_page(lines: Sequence[Line]) -> list[list[Line]]:
    pages: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    return list(pages.values())


def _edges(page: list[Line]) -> list[Line]:
    ordered = sorted(page, key=lambda line: line.top)
    top = [line for line in ordered[:_EDGE] if _is_top(line)]
    bottom = [line for line in ordered[-_EDGE:] if line.bottom > line.height * (1 - _MARGIN)]
    return [*top, *bottom]


def _is_top(line: Line) -> bool:
    return line.top < line.height * _MARGIN


def _key(line: Line, heading: float) -> tuple[bool, str]:
    return _is_top(line), line.text if line.size >= heading else _NUMBERS.sub("#", line.text)
