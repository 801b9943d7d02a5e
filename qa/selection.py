"""Choosing the fewest sentences that answer.

One for a fact, one a subject for a comparison, a whole enumeration for a list, a few key sentences
for a summary.
"""

import re
from collections.abc import Callable, Sequence

from qa.candidate import Candidate
from qa.comparison import alike, comparison, each_operand, speaks_of_rarest
from qa.enumeration import enumeration, next_members
from qa.features import speaks_of
from qa.kinds import Kind, is_strict
from qa.members import of_each_member
from qa.question import Question
from qa.quote import Quote, beside, quote
from qa.summary import summary
from qa.tables import column_names, compared_rows, fitting_rows, same_valued_rows
from qa.trimming import ROOM
from qa.which import which, within_bounds

FACT_LENGTH = 160
LONG_LENGTH = 600
"""Characters an answer may have: for one fact, and for a list, comparison or summary."""
LIST_LENGTH = 200
REASON_LENGTH = 160
"""Characters that a sentence with a list, or with a reason, in it may have."""

NEAR = 0.5
"""A second sentence this near to the first in score is shown with it."""
CLOSE = 1.5
"""The same where both together are as short as one quote may be, or nearly so in one paragraph."""
PAIR = 90
BOTH = 100
"""Characters of two sentences of which either may answer."""
SHORTER = 60
"""Characters a quote may have beside another."""
AS_WELL = 2.5
"""The same for one of the first's paragraph that says more, and for one that a reader prefers."""
LIKELY = -0.3
"""What a reader must make of a sentence at least, so that its word counts."""
BEST = 6
"""Sentences among which a second one is looked for."""
NAMING = 7
"""Characters beside its name of a sentence that only names something: 「第二种是…。」."""
_OF_SEVERAL = re.compile(
    r"分别|各(?:自|是|为|有)?[多几哪什]|各[^,，。;；]{1,4}(?:多|几|哪|什么)|\brespectively\b"
)
_GOES_ON = re.compile(r"并且|而且|此外|另外|同时|还有|再者")
_EXPLAINS = re.compile(r"[^,。;]{0,6}(?:这样|这么|如此|之所以|原因|因为|为了|为的是)")
"""How a sentence begins that gives the reason for what the one before says."""


def select(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Choose what to quote from candidates ordered by score; never more than fits an answer."""
    sound = [c for c in found if c.features["other_topic"] < 1.0] or list(found)
    if not (rows := same_valued_rows(question, sound)):
        if members := of_each_member(question, sound) or enumeration(question, sound):
            room = LONG_LENGTH // len(members)
            return _fit([quote(question, each, room) for each in members], LONG_LENGTH)
        rows = compared_rows(question, sound) or fitting_rows(question, sound)
    if rows:
        quotes = _under_names(question, [quote(question, row) for row in rows], found)
        return _fit(quotes, LONG_LENGTH)
    chooser = _CHOOSERS.get(question.kind, _fact)
    quotes = each_operand(question, sound) or chooser(question, sound) or _fact(question, sound)
    quotes = _under_names(question, quotes, found)
    return _fit(quotes, LONG_LENGTH if question.kind in _CHOOSERS else FACT_LENGTH)


def _under_names(
    question: Question, quotes: Sequence[Quote], found: Sequence[Candidate]
) -> list[Quote]:
    """Put a table's column names before its rows, where the question needs them."""
    names = column_names(question, [each.candidate for each in quotes], found)
    if not names or any(each.candidate is names for each in quotes):
        return list(quotes)
    return [quote(question, names), *quotes]


def _fact(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = found[0]
    if told := _told_after(question, found):
        return [quote(question, each) for each in (first, told)]
    if _OF_SEVERAL.search(question.folded) and len(first.folded) > ROOM:
        return [quote(question, first, LIST_LENGTH)]
    beyond = [
        c
        for place, c in enumerate(found[1:BEST], start=1)
        if (place < 3 and _goes_with(question, first, c)) or _says_more(question, first, c)
    ]
    instead = [c for c in found[1:3] if _may_answer_instead(question, first, c)]
    others = beyond[:1]
    others += [c for c in instead[:1] if all(c is not each for each in others)]
    room = SHORTER if others else ROOM
    return _in_order([quote(question, each, room) for each in (first, *others)])


def _told_after(question: Question, found: Sequence[Candidate]) -> Candidate | None:
    """Return the sentence after the best one, where that only names what is to be explained."""
    first = found[0]
    named = [need for need in question.needs if speaks_of(first.folded, need)]
    if question.kind is not Kind.DEFINITION or not named:
        return None
    longest = max(len(need.word) for need in named)
    if len(first.folded) > longest + NAMING:
        return None
    after = [c for c in found if beside(first, c) and c.sentence.start > first.sentence.start]
    return min(after, key=lambda c: c.sentence.start, default=None)


def _goes_with(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence is as good as the first, or nearly so and short."""
    gap = first.score - second.score
    short = gap < CLOSE and _fit_together(question, first, second)
    if short and _says_the_same(question, first, second):
        return True
    return gap < NEAR and _adds(question, first, second)


def _may_answer_instead(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence may be the answer in the first's place, and both are short.

    Of 1,539 questions, where the scores were this near, the second held the answer and the first
    did not for one in four.
    """
    if first.score - second.score >= CLOSE or any(
        second.features[name] for name in ("other_topic", "part_missing", "short", "strict_missing")
    ):
        return False
    return len(quote(question, first).text) + len(quote(question, second).text) <= BOTH


def _says_more(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence may hold what the first lacks.

    It goes on from it in its paragraph, or a reader likes it better.
    """
    if first.score - second.score >= AS_WELL or any(
        second.features[name] for name in ("other_topic", "part_missing")
    ):
        return False
    near = beside(first, second)
    if near and _fit_together(question, first, second) and _says_the_same(question, first, second):
        return True
    if is_strict(question.wanted) and question.wanted is not Kind.REASON:
        return False
    return (near and _adds(question, first, second)) or _is_preferred(first, second)


def _is_preferred(first: Candidate, second: Candidate) -> bool:
    """Tell whether a reader makes as much of a second sentence as of the first."""
    if not second.was_read:
        return False
    return second.features["read"] >= max(first.features["read"], LIKELY)


def _fit_together(question: Question, first: Candidate, second: Candidate) -> bool:
    room = PAIR if beside(first, second) else ROOM
    return len(quote(question, first).text) + len(quote(question, second).text) <= room


def _says_the_same(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence may go on from the first: of a quantity, only all of it.

    What stands beside an amount is another amount, and no answer.
    """
    if is_strict(question.wanted):
        return second.features["own_needs"] >= first.features["own_needs"]
    return speaks_of_rarest(question, first, second)


def _adds(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence speaks of something asked that the first does not."""
    if second.features["other_topic"] or second.features["part_missing"]:
        return False
    return any(
        speaks_of(second.folded, need) and not speaks_of(first.folded, need)
        for need in question.needs
    )


def _list(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    found = within_bounds(question, found) or found
    first = found[0]
    topics = {c.topics[0].shown for c in alike(question, found) if c.topics}
    asked = [name for name in question.names if name.topic]
    if len(topics) > 1 and not asked and "、" not in first.folded:
        return which(question, found)
    chosen = [first]
    for second in found[1:BEST]:
        gap = first.score - second.score
        near = gap < (CLOSE if beside(first, second) else NEAR)
        if (near and "、" in second.folded) or (gap < CLOSE and _says_as_much(first, second)):
            chosen.append(second)
    chosen += [c for c in found[:BEST] if _GOES_ON.match(c.folded) and _follows(chosen, c)]
    return _in_order([quote(question, each, LIST_LENGTH) for each in chosen])


def _says_as_much(first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence may say of another thing what the first says of one."""
    said = second.features["own_needs"]
    return not second.features["other_topic"] and said >= first.features["own_needs"] and said > 0


def _follows(chosen: Sequence[Candidate], candidate: Candidate) -> bool:
    """Tell whether a candidate comes right after one of those chosen, in its paragraph."""
    return all(candidate is not each for each in chosen) and any(
        beside(each, candidate) and 0 <= candidate.sentence.start - each.sentence.end <= 1
        for each in chosen
    )


def _reason(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = found[0]
    chosen = [first]
    for other in found[1:BEST]:
        near = beside(first, other) and first.score - other.score < CLOSE
        if near or _says_more(question, first, other):
            chosen.append(other)
            break
    if len(chosen) == 1 and not first.features["kind"]:
        chosen += [c for c in found if _follows(chosen, c) and _EXPLAINS.match(c.folded)][:1]
    more = [c for each in chosen for c in next_members(each, found)]
    chosen += [c for c in more if all(c is not each for each in chosen)]
    return _in_order([quote(question, each, REASON_LENGTH) for each in chosen])


def _in_order(quotes: Sequence[Quote]) -> list[Quote]:
    """Put quotes in the order of their documents."""
    return sorted(quotes, key=lambda each: (each.candidate.sentence.document, each.start))


def _fit(quotes: Sequence[Quote], limit: int) -> list[Quote]:
    kept: list[Quote] = []
    used = 0
    for each in quotes:
        length = len(each.text) + len(each.label) + 6
        if kept and used + length > limit:
            break
        kept.append(each)
        used += length
    return kept


_CHOOSERS: dict[Kind, Callable[[Question, Sequence[Candidate]], list[Quote]]] = {
    Kind.LIST: _list,
    Kind.COMPARISON: comparison,
    Kind.WHICH: which,
    Kind.SUMMARY: summary,
    Kind.REASON: _reason,
    Kind.MANNER: _reason,
}
