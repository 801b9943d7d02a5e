"""Choosing the fewest sentences that answer.

One for a fact, one a subject for a comparison, a whole enumeration for a list, a few key sentences
for a summary.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from corpus.folding import fold
from qa.candidate import Candidate
from qa.comparison import ALIKE, alike, comparison, each_operand, speaks_of_rarest
from qa.enumeration import (
    MOST_MEMBERS,
    asked_for,
    enumeration,
    next_members,
    of_each_member,
)
from qa.features import matched, speaks_of
from qa.kinds import Kind, is_strict
from qa.lexicon import Name
from qa.question import Question
from qa.quote import Quote, beside, quote
from qa.ranges import amounts, bounds
from qa.tables import column_names, compared_rows, fitting_rows, same_valued_rows
from qa.trimming import ROOM

FACT_LENGTH = 160
LONG_LENGTH = 600
"""Characters an answer may have: for one fact, and for a list, comparison or summary."""
LIST_LENGTH = 200
REASON_LENGTH = 160
"""Characters that a sentence with a list, or with a reason, in it may have."""

SUMMARY_SENTENCES = 5
SUMMARY_LENGTH = 280
"""A summary has this many sentences; more where they are short, up to this many characters."""
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
FIRST = 5
"""Best sentences that may show whose section a summary is of."""
HEADED = 0.4
"""Part of the question from which a heading that speaks of it says whose section is meant."""
NAMING = 7
"""Characters beside its name of a sentence that only names something: 「第二种是…。」."""
_IN_A_WORD = re.compile(r"一句话|一言以蔽之|\bin (?:a|one) (?:word|sentence)\b|\bbriefly\b")
_OF_SEVERAL = re.compile(
    r"分别|各(?:自|是|为|有)?[多几哪什]|各[^,，。;；]{1,4}(?:多|几|哪|什么)|\brespectively\b"
)
_GOES_ON = re.compile(r"并且|而且|此外|另外|同时|还有|再者")
_EXPLAINS = re.compile(r"[^,。;]{0,6}(?:这样|这么|如此|之所以|原因|因为|为了|为的是)")
"""How a sentence begins that gives the reason for what the one before says."""
_NAMES_ASKED = re.compile(r"公司|企业|厂商|厂家|哪家|哪几家|谁|\bwho\b|\bcompan|\bvendors?\b")
_THE_MOST = re.compile(
    r"最(?!近|后|终|新)|唯一|\b(?:most|only)\b|\b(?:larg|bigg|high|low|fast|cheap)est\b"
)
SAME = 0.96
"""Cosine from which two sentences say the same."""


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


def _bounded(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with values within the bounds a question sets, if the best is near.

    One with a range of its own (「超过5000元的，…」) is a rule, and no value.
    """
    within = []
    for bound in bounds(question.folded):
        for c in found:
            ruled = any(each.unit == bound.unit for each in bounds(c.folded))
            if not ruled and any(map(bound.holds, amounts(c.folded, "", bound.unit))):
                within.append(c)
    near = within and found[0].score - within[0].score < ALIKE
    return within if near else []


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
    found = _bounded(question, found) or found
    first = found[0]
    topics = {c.topics[0].shown for c in alike(question, found) if c.topics}
    asked = [name for name in question.names if name.topic]
    if len(topics) > 1 and not asked and "、" not in first.folded:
        return _which(question, found)
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


def _which(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Answer "which of them": every topic of which some sentence says all that was asked.

    Only one of them is the most of anything.
    """
    if _THE_MOST.search(question.folded):
        return _fact(question, found)
    if named := _naming_others(question, found):
        return [quote(question, named)]
    told = [found[0], *alike(question, found)]
    if within := _bounded(question, found):
        told = [c for c in within if speaks_of_rarest(question, within[0], c)]
    elif naming := _naming_all(question, found):
        told = naming
    quotes: dict[str, Quote] = {}
    for candidate in told:
        for topic in candidate.topics[:1]:
            quotes.setdefault(topic.shown, quote(question, candidate, ROOM, topic))
    count = asked_for(question)
    return list(quotes.values())[: count or None] or _fact(question, found)


def _naming_others(question: Question, found: Sequence[Candidate]) -> Candidate | None:
    """Return the best candidate that names somebody, where it is asked who and the first does not.

    「采用组串式的公司有哪些」: 「第二种是组串式…。甲和乙都选择了这一路线。」
    """
    asked = set(question.names)
    first, *others = found[:BEST]
    if not _NAMES_ASKED.search(question.folded) or not any(name.introduced for name in asked):
        return None
    if _topics_named(first) - asked:
        return None
    return next((c for c in others if _topics_named(c) - asked and asked & set(c.topics)), None)


def _naming_all(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that name what the question does, where the first does not."""
    asked = {name for name in question.names if not name.topic}
    if not asked or asked <= set(found[0].named):
        return []
    return [c for c in found if asked <= set(c.named)]


def _topics_named(candidate: Candidate) -> set[Name]:
    return {name for name in candidate.named if name.topic and not name.introduced}


def _summary(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Take the best sentence of each of the best paragraphs, then the next best, in order."""
    if _IN_A_WORD.search(question.folded):
        return [quote(question, found[0], LIST_LENGTH)]
    own = [c for c in found if not c.features["asks"] and not c.features["other_topic"]]
    about = _of_topic(question, own) or own or list(found)
    leading = {(c.sentence.document, c.sentence.block): c for c in reversed(about)}
    first = [c for c in about if leading[c.sentence.document, c.sentence.block] is c]
    ordered = [*first, *(c for c in about if all(c is not f for f in first))]
    chosen: list[Candidate] = []
    for candidate in _of_one_section(question, own) or ordered:
        similar = any(
            float(candidate.sentence.vector @ other.sentence.vector) > SAME
            for other in chosen
            if not beside(candidate, other)
        )
        used = sum(len(other.sentence.text) for other in chosen)
        full = len(chosen) >= SUMMARY_SENTENCES and used >= SUMMARY_LENGTH
        if not similar and not full and len(chosen) < MOST_MEMBERS:
            chosen.append(candidate)
    chosen.sort(key=lambda c: (c.sentence.document, c.sentence.start))
    return [quote(question, each, LONG_LENGTH // SUMMARY_SENTENCES - 10) for each in chosen]


def _of_topic(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in sections about what the question names, or speaks of."""
    topics = {name for name in question.names if name.topic}
    if topics:
        introduced = {name for name in topics if name.introduced}
        return [c for c in found if topics & set(c.headings) or introduced & set(c.topics)]
    if named := _naming(question, found):
        return named
    told = [matched(question.needs, fold(" ".join(c.sentence.section[-1:]))) for c in found]
    most = max(told, default=0.0)
    return [c for c, share in zip(found, told, strict=True) if share == most and most > HEADED]


def _of_one_section(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in the section that most of the best are in, where nothing is named."""
    if any(name.topic or name.coined for name in question.names) or not found:
        return []
    places = [(c.sentence.document, c.sentence.section) for c in found]
    place, times = Counter(places[:FIRST]).most_common(1)[0]
    if 2 * times <= FIRST:
        return []
    return [c for c, each in zip(found, places, strict=True) if each == place]


def _naming(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that name what the question does, or go on from one that does."""
    coined = {name for name in question.names if name.coined}
    blocks: dict[tuple[str, int], int] = {}
    for c in found:
        if coined & set(c.named):
            block = (c.sentence.document, c.sentence.block)
            blocks[block] = min(c.sentence.start, blocks.get(block, c.sentence.start))
    if len(blocks) < 2:
        return []
    first = ((c, blocks.get((c.sentence.document, c.sentence.block))) for c in found)
    return [c for c, start in first if start is not None and c.sentence.start >= start]


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
    Kind.WHICH: _which,
    Kind.SUMMARY: _summary,
    Kind.REASON: _reason,
    Kind.MANNER: _reason,
}
