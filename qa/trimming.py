"""Cutting a long sentence down to the clauses that answer, still an exact range of the source."""

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.folding import fold
from corpus.sentences import trim
from qa.features import speaks_of
from qa.kinds import shows
from qa.question import Question

ROOM = 75
"""Characters a fact's quote may have; a sentence within it is quoted whole."""

WIDE = 150
CLEARLY_MORE = 0.2
"""Where a quote may be longer: the window it may then have, and how much more (of the question's
needs' weight) that window must speak of."""

_CLAUSE_END = re.compile(r"[，；：;:](?=.)|,(?!\d)(?=.)|——")
_PARENTHESES = re.compile(r"[（(][^（()）]*[)）]|“[^”]*”|「[^」]*」|《[^》]*》")
_EDGES = "，,；;：:、—"


def quote_range(
    text: str, question: Question, room: int = ROOM, keep: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Return the range within a sentence's `text` to quote for `question`.

    The window of neighbouring clauses, at most `room` characters long, that speaks of most of what
    the question needs and shows the kind of answer it wants; among equals the longest, since what
    stands beside the words of the question is often the answer. Where a window within `WIDE`
    characters says clearly more, that one. A window that holds all of `keep`, the range that a
    reader found to answer, goes before others.
    """
    if len(text) <= room:
        return 0, len(text)
    clauses = _clauses(text)
    value, start, end = _best_window(text, clauses, question, room, keep)
    if room < WIDE:
        wide_value, wide_start, wide_end = _best_window(text, clauses, question, WIDE, keep)
        if wide_value > value + CLEARLY_MORE:
            start, end = wide_start, wide_end
    return _without_edges(text, start, end)


def _best_window(
    text: str,
    clauses: Sequence[tuple[int, int]],
    question: Question,
    room: int,
    keep: tuple[int, int] | None,
) -> tuple[float, int, int]:
    best = (-1.0, 0, 0, 0)
    for first in range(len(clauses)):
        for last in range(first, len(clauses)):
            start, end = clauses[first][0], clauses[last][1]
            if end - start > room and last > first:
                break
            value = _value(text[start:end], question)
            if keep and start <= keep[0] and keep[1] <= end:
                value += 1.0
            best = max(best, (value, end - start, start, end), key=lambda w: (w[0], w[1]))
    return best[0], best[2], best[3]


def _value(words: str, question: Question) -> float:
    folded = fold(words)
    spoken = sum(need.weight for need in question.needs if speaks_of(folded, need))
    total = sum(need.weight for need in question.needs) or 1.0
    return spoken / total + 0.5 * shows(question.wanted, folded, question.folded)


def _clauses(text: str) -> Sequence[tuple[int, int]]:
    """Return the ranges of a sentence's clauses; parentheses and quotations stay whole."""
    masked = _PARENTHESES.sub(lambda match: "·" * len(match.group()), text)
    cuts = [0, *(match.end() for match in _CLAUSE_END.finditer(masked)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if start < end]


def _without_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """Drop punctuation that only joins a clause to its neighbours."""
    start, end = trim(text, start, end)
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return trim(text, start, end)
