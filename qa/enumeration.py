"""Enumerations in a text: the sentence that announces one, and its members."""

import re
from collections.abc import Sequence
from itertools import takewhile

from corpus.folding import fold
from qa.candidate import Candidate
from qa.features import speaks_of
from qa.kinds import Kind
from qa.lexicon import squeeze
from qa.question import Question

BEST = 8
"""Candidates among which one may announce what a question asks of each."""
MOST_MEMBERS = 10
"""Members of an enumeration shown."""

_ORDINAL = r"[一二三四五六七八九十\d]+"
_ANNOUNCES = re.compile(
    r"[二三四五六七八九十两几多\d]+(?:大|个|种|类|项|点|步|方面|条|重)[^。,，]{0,10}[。:：;；.]?$|"
    r"(?:如下|以下|包括|分别[是为])[^。]{0,10}[:：。]?$|[:：]$"
)
_FIRST_MEMBER = re.compile(r"(?:^|[:：,，])(?:一是|其一|第一[,，、:：]|首先|\(1\)|1[.、)])")
_IN_ORDER = re.compile(r"首先|其次|再次|再者|最后|此外|另外")
_MEMBER = re.compile(
    rf"(?:第{_ORDINAL}(?![季届名次])[种个类项步条点大]?[\u4e00-\u9fff]{{0,3}}[,，、:：是]|"
    rf"{_ORDINAL}是|其[一二三四五]|{_IN_ORDER.pattern}|[(（]?{_ORDINAL}[)）.、]|[-*•·])"
)
_NUMBERING = re.compile(_ORDINAL)
_SEVERAL = re.compile(
    r"[两二三四五六七八九十]+(?:大|重|个|种|类|项|点|步|方面|条|款)|哪[两二三四五六七八九十几些]|"
    r"\b(?:two|three|four|five|six)\b"
)
_OF_EACH = re.compile(r"各自|各有|各是|各为|各个?的|分别|逐[一个]|\beach\b|\brespective")
_PROCEDURE = re.compile(r"流程|步骤|手续|程序|\bsteps\b|\bprocedure\b")
_STEPS = frozenset({Kind.LIST, Kind.MANNER})
_PLURAL = frozenset({Kind.LIST, Kind.MANNER, Kind.SUMMARY, Kind.REASON})


def enumeration(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return an enumeration that answers a question for several things: its sentence and members.

    The best sentence announces it (「共有三种方案。」, a line ending in a colon), or is its first
    member (「…三大场景：一是…；」), or another one; the members are in the same chapter.
    """
    first = found[0]
    if first.sentence.kind == "row":
        # Rows are numbered by nothing, and 「12个月」 announces none.
        return []
    if question.kind not in _PLURAL and not _SEVERAL.search(question.folded):
        return []
    if question.kind is Kind.COMPARISON and sum(name.topic for name in question.names) > 1:
        return []
    if own := _asked_for(question, first, found):
        return own[:MOST_MEMBERS]
    if _MEMBER.match(first.folded):
        siblings = _siblings(first, found)
        return siblings[:MOST_MEMBERS] if len(siblings) > 1 else []
    in_steps = question.kind in _STEPS or bool(_PROCEDURE.search(question.folded))
    if first.sentence.kind == "item" and in_steps and "、" not in first.folded:
        items = [c for c in found if _in_one_list(first, c)]
        return sorted(items, key=lambda c: c.sentence.start)[:MOST_MEMBERS]
    following = _following(first, found)
    if _FIRST_MEMBER.search(first.folded):
        members = list(takewhile(lambda c: _MEMBER.match(c.folded), following))
    elif _ANNOUNCES.search(first.folded):
        members = [c for c in following if c.sentence.kind == "item" or _MEMBER.match(c.folded)]
    else:
        return []
    return [first, *members[:MOST_MEMBERS]] if members else []


def of_each_member(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return what is said of each member of an enumeration, where a question asks that.

    「三种方案各有什么优势」: the best sentence announces the members, or one of the best that has
    the same number (「共有三种方案。」); below it they stand, and of each is somewhere said what is
    asked.
    """
    if not _OF_EACH.search(question.folded):
        return []
    several = _SEVERAL.search(question.folded)
    announcing = [c for c in found[:BEST] if several and several.group() in c.folded]
    for announces in [found[0], *announcing]:
        if chosen := _said_of_each(question, announces, found):
            return chosen
    return []


def _said_of_each(
    question: Question, announces: Candidate, found: Sequence[Candidate]
) -> list[Candidate]:
    asked = [
        need
        for need in question.needs
        if need.known and not need.topic and not speaks_of(announces.folded, need)
    ]
    members = _members_under(question, announces, found)
    chosen: dict[str, Candidate] = {}
    # Candidates come best first, and the first of each member is kept.
    for candidate in found:
        member = members.get(candidate.sentence.start)
        if member and any(speaks_of(candidate.folded, need) for need in asked):
            chosen.setdefault(member, candidate)
    return sorted(chosen.values(), key=lambda c: c.sentence.start) if len(chosen) > 1 else []


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
    for candidate in _following(announces, found):
        if below := fold(" ".join(candidate.sentence.section[depth : depth + 1])):
            current = below if any(speaks_of(below, need) for need in question.needs) else ""
        elif _MEMBER.match(candidate.folded) and style in ("", _style(candidate)):
            style, current = _style(candidate), candidate.folded
        if current:
            members[candidate.sentence.start] = current
    return members


def _asked_for(question: Question, first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the one item of a list that a question names: 「E17怎么处理」, of a list of faults."""
    items = [c for c in found if _in_one_list(first, c)]
    own = [c for c in items if c.sentence.block == first.sentence.block]
    others = squeeze(" ".join(c.folded for c in items if c.sentence.block != first.sentence.block))
    named = any(part in squeeze(first.folded) and part not in others for part in question.parts)
    return sorted(own, key=lambda c: c.sentence.start) if named else []


def _in_one_list(first: Candidate, other: Candidate) -> bool:
    """Tell whether two list items stand under one heading."""
    one, two = first.sentence, other.sentence
    return two.kind == "item" and (one.document, one.section) == (two.document, two.section)


def _siblings(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the members numbered in the same way as `first` under the same chapter heading."""
    style = _style(first)
    chapter = first.sentence.section[:-1] or first.sentence.section
    members = [
        c
        for c in found
        if c.sentence.document == first.sentence.document
        and c.sentence.section[: len(chapter)] == chapter
        and _MEMBER.match(c.folded)
        and _style(c) == style
    ]
    return sorted(members, key=lambda c: c.sentence.start)


def _style(member: Candidate) -> str:
    """Return how a member is numbered, alike for all of one enumeration."""
    if _IN_ORDER.match(member.folded):
        return "in order"
    return _NUMBERING.sub("#", member.folded[:5])[:3]


def _following(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates after `first` in its section, in the document's order."""
    sentence = first.sentence
    depth = len(sentence.section)
    after = [
        c
        for c in found
        if c.sentence.document == sentence.document
        and c.sentence.start > sentence.start
        and c.sentence.section[:depth] == sentence.section
    ]
    return sorted(after, key=lambda c: c.sentence.start)
