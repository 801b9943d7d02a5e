"""Several things asked for side by side: a quote for each."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.candidate import Candidate
from qa.features import speaks_of
from qa.kinds import Kind
from qa.lexicon import Name
from qa.question import Need, Question, side_by_side
from qa.quote import Quote, quote
from qa.trimming import ROOM

MOST_ALIKE = 10
"""Sentences that may say the same of different subjects."""
ALIKE = 5.0
"""How near in score they are to the first."""
LESS = 0.35
"""How much less of what was asked they may say in their own words."""
HALF = 100
"""Characters a side of a comparison may have."""

_JOIN = re.compile(r"和|与|跟|同|及|以及|还是|、|/| and | or | vs\.? | than ")
_WHOLE = frozenset({Kind.SUMMARY, Kind.REASON, Kind.MANNER, Kind.WHICH})


def each_operand(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Give a quote for each of the things that a question joins: 「婚假和产假分别几天」."""
    operands = [] if question.kind in _WHOLE else _operands(question)
    if len(operands) < 2 or all(speaks_of(found[0].folded, need) for need in operands):
        return []
    quotes: list[Quote] = []
    for need in operands:
        others = [other for other in operands if other is not need]
        speaking = [c for c in found if speaks_of(c.folded, need) and c.features["kind"]]
        # A sentence about this one alone says more of it than one about them all.
        speaking.sort(key=lambda c: any(speaks_of(c.folded, other) for other in others))
        if speaking and all(each.candidate is not speaking[0] for each in quotes):
            quotes.append(replace(quote(question, speaking[0]), subject=need.word))
    return quotes if len(quotes) > 1 else []


def _operands(question: Question) -> list[Need]:
    """Return the needs that stand side by side in the question, joined by 和 or its like."""
    places = [
        (at, at + len(need.word), need)
        for need in question.needs
        if not need.topic and need.known and (at := question.folded.find(need.word)) >= 0
    ]
    found: dict[str, Need] = {}
    for join in _JOIN.finditer(question.folded):
        before = [p for p in places if 0 <= join.start() - p[1] <= 2]
        after = [p for p in places if 0 <= p[0] - join.end() <= 1]
        if before and after:
            left = max(before, key=lambda place: place[1])
            right = min(after, key=lambda place: place[0])
            found.update({each[2].word: each[2] for each in (left, right)})
    return list(found.values())


def comparison(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Give one quote a subject, side by side."""
    subjects = _compared(question, found)
    if len(subjects) < 2:
        return [quote(question, each, ROOM) for each in alike(question, found)]
    quotes: list[Quote] = []
    for subject in subjects:
        taken = {id(each.candidate) for each in quotes}
        own = [c for c in found if subject in c.topics and id(c) not in taken]
        beside = quotes[0].candidate if quotes else found[0]
        # What was asked comes first; then what is told of the one beside it (of both the same
        # profit); then, a sentence about this subject alone says more of it than one about all.
        own.sort(
            key=lambda c: (
                not speaks_of_rarest(question, found[0], c),
                -len(set(beside.named) & set(c.named)),
                c.topics != (subject,),
            )
        )
        own = own or [c for c in found if subject in c.named]
        if own:
            quotes.append(quote(question, own[0], HALF, subject))
    return quotes


def _compared(question: Question, found: Sequence[Candidate]) -> list[Name]:
    """Return what is compared: the topics asked for, or other names, or the best sentences'."""
    topics = [name for name in question.names if name.topic]
    joined = side_by_side(question.folded, question.names)
    # 「业绩」 may head a section too; companies are compared with companies.
    like = [name for name in topics if any(name.is_like(n) for n in topics if n is not name)]
    for asked in ([name for name in joined if name.topic], like, topics, joined):
        if len(asked) >= 2:
            return asked
    return list(dict.fromkeys(c.topics[0] for c in alike(question, found) if c.topics))


def alike(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences that say as much of what was asked as the best one, in its words."""
    first = found[0]
    own = first.features["own_needs"]
    return [
        c
        for c in found[: 3 * MOST_ALIKE]
        if c.features["own_needs"] >= own - LESS
        and first.score - c.score < ALIKE
        and speaks_of_rarest(question, first, c)
    ][:MOST_ALIKE]


def speaks_of_rarest(question: Question, first: Candidate, other: Candidate) -> bool:
    """Tell whether `other` speaks of the rarest thing asked for that `first` speaks of."""
    spoken = [n for n in question.needs if not n.topic and speaks_of(first.folded, n)]
    return bool(spoken) and speaks_of(other.folded, max(spoken, key=lambda need: need.weight))
