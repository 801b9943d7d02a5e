"""Several things asked for side by side: a quote for each."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.candidate import Candidate
from qa.features import speaks_of
from qa.kinds import Kind
from qa.lexicon import Name, squeeze
from qa.question import Need, Question, side_by_side
from qa.quote import Quote, beside, quote
from qa.trimming import ROOM

MOST_ALIKE = 10
"""Sentences that may say the same of different subjects."""
ALIKE = 5.0
"""How near in score they are to the first."""
LESS = 0.35
"""How much less of what was asked they may say in their own words."""
SAYS_REST = 1.5
"""What a sentence gains in score by saying what else is asked."""
HALF = 100
"""Characters a side of a comparison may have."""

Place = tuple[int, int, Need]
"""Where a need stands in a question: from, to."""

_JOIN = re.compile(r"和|与|跟|同|及|以及|还是|、|/| and | or | vs\.? | than ")
_WHOLE = frozenset({Kind.SUMMARY, Kind.REASON, Kind.MANNER, Kind.WHICH})


def each_operand(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Give a quote for each of the things that a question joins: 「婚假和产假分别几天」."""
    phrases, rest = operands(question)
    joined = [phrase[0] for phrase in phrases]
    if len(joined) < 2 or question.kind in _WHOLE:
        return []
    at_once = all(speaks_of(found[0].folded, need) for need in joined)
    if at_once and (not rest or _says(found[0].folded, rest)):
        return []
    quotes: list[Quote] = []
    for need in joined:
        own = _of_operand(need, [other for other in joined if other is not need], rest, found)
        if at_once and not (own and _says(own.folded, rest)):
            return []
        if own and all(each.candidate is not own for each in quotes):
            quotes.append(replace(quote(question, own), subject=need.word))
    return quotes if len(quotes) > 1 else []


def _of_operand(
    operand: Need, others: Sequence[Need], rest: Sequence[Need], found: Sequence[Candidate]
) -> Candidate | None:
    """Return the best candidate about one of the things that a question joins.

    One that names it, or goes on from one that does (「第一种是冷板式。…优点是…」) and says what
    else is asked. A sentence about this one alone says more of it than one about them all.
    """

    def is_about(c: Candidate) -> bool:
        if speaks_of(c.folded, operand):
            return True
        before = c.context.partition("\n")[2]
        return _says(c.folded, rest) and speaks_of(before, operand) and not _says(before, others)

    def fitness(c: Candidate) -> tuple[bool, float]:
        return not _says(c.folded, others), c.score + SAYS_REST * _says(c.folded, rest)

    return max((c for c in found if c.features["kind"] and is_about(c)), key=fitness, default=None)


def _says(folded: str, needs: Sequence[Need]) -> bool:
    return any(speaks_of(folded, need) for need in needs)


def operands(question: Question) -> tuple[list[tuple[Need, ...]], list[Need]]:
    """Return the phrases that stand side by side in the question, and the needs that stand apart.

    Side by side are those joined by 和 or its like, each by the needs that tell it from the other,
    the nearest to the joint first; what else is in them (加急 of 二级加急) does not stand apart.
    """
    folded = squeeze(question.folded)
    places = [
        (match.start(), match.end(), need)
        for need in question.needs
        if not need.topic
        for match in re.finditer(re.escape(squeeze(need.word)), folded)
    ]
    joined: dict[str, tuple[Need, ...]] = {}
    told: set[str] = set()
    for join in _JOIN.finditer(folded):
        before = [p for p in places if 0 <= join.start() - p[1] <= 2]
        after = [p for p in places if 0 <= p[0] - join.end() <= 1]
        if not before or not after:
            continue
        left = _run(max(before, key=lambda p: p[1]), places, at=0)
        right = _run(min(after, key=lambda p: p[0]), places, at=1)
        # Of 亲子套房和行政套房, 亲子 and 行政 tell one from the other.
        ours = tuple(need for need in left if need.known and need not in right)
        theirs = tuple(need for need in right if need.known and need not in left)
        if ours and theirs:
            joined.update({phrase[0].word: phrase for phrase in (ours, theirs)})
            told.update(need.word for need in (*left, *right))
    apart = [
        need for _, _, need in places if need.known and need.word not in told and len(need.word) > 1
    ]
    return list(joined.values()), apart


def _run(place: Place, places: Sequence[Place], at: int) -> list[Need]:
    """Return the needs that touch each other from a place on: to the left (0), to the right (1)."""
    run = [place]
    while beyond := [p for p in places if p[1 - at] == run[-1][at]]:
        run.append(beyond[0])
    return [need for _, _, need in run]


def comparison(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Give one quote a subject, side by side."""
    subjects = _compared(question, found)
    if len(subjects) < 2:
        rest, others = _rest(found), alike(question, found)
        told = [*others[:1], *rest, *(c for c in others[1:] if all(c is not r for r in rest))]
        return [quote(question, each, ROOM) for each in told]
    quotes: list[Quote] = []
    for subject in subjects:
        taken = {id(each.candidate) for each in quotes}
        own = [c for c in found if subject in c.topics and id(c) not in taken]
        beside = quotes[0].candidate if quotes else found[0]
        # What was asked comes first, or what a semicolon parts from it; then what is told of the
        # one beside it (of both the same profit); then, a sentence about this subject alone says
        # more of it than one about all.
        after = _rest(found)
        own.sort(
            key=lambda c: (
                not (speaks_of_rarest(question, found[0], c) or any(c is each for each in after)),
                -len(set(beside.named) & set(c.named)),
                c.topics != (subject,),
            )
        )
        own = own or [c for c in found if subject in c.named]
        if own:
            quotes.append(quote(question, own[0], HALF, subject))
    return quotes


def _rest(found: Sequence[Candidate]) -> list[Candidate]:
    """Return what follows the best sentence's semicolon: 「2025年为59.2%；2024年为61.5%。」."""
    first = found[0]
    if not first.folded.endswith(";"):
        return []
    after = [c for c in found if beside(first, c) and c.sentence.start > first.sentence.start]
    return sorted(after, key=lambda c: c.sentence.start)[:1]


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
        and (first.score - c.score < ALIKE or c.features["own_needs"] >= own)
        and speaks_of_rarest(question, first, c)
    ][:MOST_ALIKE]


def speaks_of_rarest(question: Question, first: Candidate, other: Candidate) -> bool:
    """Tell whether `other` speaks of the rarest thing asked for that `first` speaks of."""
    spoken = [n for n in question.needs if not n.topic and speaks_of(first.folded, n)]
    return bool(spoken) and speaks_of(other.folded, max(spoken, key=lambda need: need.weight))
