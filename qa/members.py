"""Each member of an enumeration: what is said of it, where a question asks that of all.

Members are told by numbers, by headings below the announcement, or by their names.
"""

import re
from collections.abc import Sequence

from corpus.folding import fold
from qa.candidate import Candidate
from qa.enumeration import BEST, COUNTED, MEMBER, asked_for, counted, following, style_of
from qa.features import speaks_of
from qa.naming import NUMBER
from qa.question import Need, Question

_TURNS = re.compile(r"但|不过|然而|只是|可是")
_DRAWBACK = "缺点"
_NAMED = "[^,。;:按以从对在各这该此其的与和]{1,8}?"
"""The name that tells one of a kind from the others: 倾转旋翼 of 倾转旋翼构型."""
_NUMBERED_HEADING = re.compile(NUMBER)
_OF_EACH = re.compile(
    r"各自|各有|各[是为](?![哪什])|各个?的|分别(?![是为有叫]?[哪什])|逐[一个]|\beach\b|\brespective"
)


def of_each_member(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return what is said of each member of an enumeration, where a question asks that.

    「三种方案各有什么优势」: one of the best sentences announces as many (「共有三种方案。」), or
    the best announces some; below it they stand, and of each is somewhere said what is asked. Or as
    many are told apart by their names: 「多旋翼构型…。复合翼构型…。」.
    """
    if not _OF_EACH.search(question.folded):
        return []
    count = asked_for(question)
    announcing = [c for c in found[:BEST] if count and count in counted(c.folded)]
    chosen: list[Candidate] = []
    for announces in [*announcing, found[0]]:
        chosen = max(chosen, _said_of_each(question, announces, found, count), key=len)
    if len(chosen) < count:
        chosen = _said_of_each_named(question, found, count) or chosen
    return chosen if len(chosen) > 1 else []


def _said_of_each(
    question: Question, announces: Candidate, found: Sequence[Candidate], count: int
) -> list[Candidate]:
    """Return the best candidate of each member that says what is asked, below an announcement.

    Where there are as many members as asked for, of one that nothing says it what comes nearest.
    """
    members = _members_under(question, announces, found)
    asked = [
        need
        for need in question.needs
        if need.known and not need.topic and not speaks_of(announces.folded, need)
    ]
    own = {
        member: [c for c in found if members.get(c.sentence.start) == member]
        for member in dict.fromkeys(members.values())
    }
    chosen = {member: _said(asked, candidates) for member, candidates in own.items()}
    told = [candidate for candidate in chosen.values() if candidate]
    if len(own) == count and len(told) > 1:
        told = [chosen[member] or _nearest(asked, own[member]) for member in own]
    return sorted(told, key=lambda c: c.sentence.start)


def _said(asked: Sequence[Need], found: Sequence[Candidate]) -> Candidate | None:
    """Return the best of some candidates that speaks of what is asked."""
    return next((c for c in found if any(speaks_of(c.folded, need) for need in asked)), None)


def _nearest(asked: Sequence[Need], found: Sequence[Candidate]) -> Candidate:
    """Return the best of a member's candidates; of its drawbacks that which begins with 「但」."""
    if any(_DRAWBACK in need.alternatives for need in asked):
        return next((c for c in found if _TURNS.match(c.folded)), found[0])
    return found[0]


def _said_of_each_named(
    question: Question, found: Sequence[Candidate], count: int
) -> list[Candidate]:
    """Return a section's candidates that begin with as many names of one kind as asked for."""
    if not (match := COUNTED.search(question.folded)):
        return []
    after = question.folded[match.end() :]
    kinds = [need.word for need in question.needs if need.known and after.startswith(need.word)]
    for kind in kinds:
        begins = re.compile(rf"({_NAMED}){re.escape(kind)}")
        for section in dict.fromkeys((c.sentence.document, c.sentence.section) for c in found):
            chosen: dict[str, Candidate] = {}
            for c in found:
                if (c.sentence.document, c.sentence.section) != section:
                    continue
                if named := begins.match(c.folded):
                    chosen.setdefault(named[1], c)
            if len(chosen) == count:
                return sorted(chosen.values(), key=lambda c: c.sentence.start)
    return []


def _members_under(
    question: Question, announces: Candidate, found: Sequence[Candidate]
) -> dict[int, str]:
    """Return which member each candidate after an announcing one is about, by where it begins.

    A member is a heading below the announcement's own that speaks of what the question does, or a
    sentence that begins with a number.
    """
    depth = len(announces.sentence.section)
    members: dict[int, str] = {}
    style = current = ""
    for candidate in following(announces, found):
        if below := fold(" ".join(candidate.sentence.section[depth : depth + 1])):
            numbered = _NUMBERED_HEADING.match(below)
            meant = numbered or any(speaks_of(below, need) for need in question.needs)
            current = below if meant else ""
        elif MEMBER.match(candidate.folded) and style in ("", style_of(candidate)):
            style, current = style_of(candidate), candidate.folded
        if current:
            members[candidate.sentence.start] = current
    return members
