"""Enumerations in a text: the sentence that announces one, and its members."""

import re
from collections.abc import Sequence
from itertools import takewhile

from qa.candidate import Candidate
from qa.features import speaks_of
from qa.kinds import Kind
from qa.lexicon import squeeze
from qa.question import Question
from qa.quote import beside
from qa.ranges import numeral_value

BEST = 8
"""Candidates among which one may announce what a question asks of each."""
AS_GOOD = 0.5
"""How near in score a candidate is to the best one that is as good."""
MEANT = 0.25
"""How much more of a question one member says than any other where it alone is meant."""
MOST_MEMBERS = 10
"""Members of an enumeration shown."""

_ORDINAL = r"[一二三四五六七八九十\d]+"
_ANNOUNCES = re.compile(
    r"[二三四五六七八九十两几多\d]+(?:大|个|种|类|项|点|步|方面|条|重)[^。,，]{0,10}[。:：;；.]?$|"
    r"(?:如下|以下|包括|分别[是为])[^。]{0,10}[:：。]?$|[:：]$"
)
_FIRST_MEMBER = re.compile(r"(?:^|[:：,，])(?:一是|其一|第一[,，、:：]|首先|\(1\)|1[.、)])")
_IN_ORDER = re.compile(r"首先|其次|再次|再者|最后|此外|另外")
MEMBER = re.compile(
    rf"(?:第{_ORDINAL}(?![季届名次])[种个类项步条点大]?[\u4e00-\u9fff]{{0,3}}[,，、:：是]|"
    rf"{_ORDINAL}是|其[一二三四五]|{_IN_ORDER.pattern}|[(（]?{_ORDINAL}[)）.、]|[-•·]|\*(?!\*))"
)
"""How a member of an enumeration begins: 「第二种是」, 「二是」, 「首先」."""
_NUMBERING = re.compile(_ORDINAL)
_ONE_OF = re.compile(r"第[一二三四五六七八九十]")
COUNTED = re.compile(
    r"(?<!第)([两三四五六七八九])(?:大|个|种|类|项|点|步|方面|条|重|股|款|处)|"
    r"\b(two|three|four|five|six)\b"
)
"""How many things there are, or are asked for: 「三种」, three."""
_ENGLISH = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_STYLED = re.compile(r"第#[种个类项步条点大]?")
_SEVERAL = re.compile(
    r"(?<!第)[两二三四五六七八九十]+(?:大|重|个|种|类|项|点|步|方面|条|款)|哪[两二三四五六七八九十几些]|"
    r"\b(?:two|three|four|five|six)\b"
)
_COUNTS = re.compile(
    r"(?:有|分|共|设|为|出|了|是)(?P<number>[二三四五六七八九十两]|[2-9](?!\d))"
    r"(?:大|个|种|类|项|点|步|方面|条|重|款|套|档|层|处)[^。,，:：;；]{0,10}"
    r"(?:[:：](?P<rest>.*)|[。.;；]?$)"
)
_OPENS = re.compile(r"(?:以下|下列|如下|任一|之一|情形|情况|条件|包括|分别)[^。;；:：]{0,14}[:：]")
_AND = re.compile(r"、|和|与|以?及")
_CLAUSES = re.compile(r"[,:;。]")
_CLAUSE = re.compile(r"[^,:;。]*")
_WHICH = r"(?:哪[几些][大个种类项点条]?|有什么)"
_PROCEDURE = re.compile(r"流程|步骤|手续|程序|依次|先后|\bsteps\b|\bprocedure\b")
_STEPS_AMONG = 3
"""How many of the best candidates may be one of the steps that a question asks for."""
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
    counts = question.kind is Kind.COMPARISON and _COUNTS.search(first.folded)
    if question.kind not in _PLURAL and not counts and not _SEVERAL.search(question.folded):
        return []
    if question.kind is Kind.COMPARISON and sum(name.topic for name in question.names) > 1:
        return []
    if own := _item_asked_for(question, first, found):
        return own[:MOST_MEMBERS]
    if MEMBER.match(first.folded):
        if any(name.introduced for name in question.names):
            return []
        siblings = _siblings(first, found)
        return _meant(question, siblings[:MOST_MEMBERS]) if len(siblings) > 1 else []
    procedure = bool(_PROCEDURE.search(question.folded))
    in_steps = question.kind in _STEPS or procedure
    item = next((c for c in found[: _STEPS_AMONG if procedure else 1] if _is_item(c)), None)
    if item and in_steps and "、" not in first.folded:
        items = [c for c in found if _in_one_list(item, c)]
        return sorted(items, key=lambda c: c.sentence.start)[:MOST_MEMBERS]
    count = asked_for(question)
    members = _announced(first, found)
    if count and members and not _as_many(members, count):
        members = []
    return _meant(question, members) or _elsewhere(question, count, found)


def _meant(question: Question, members: Sequence[Candidate]) -> list[Candidate]:
    """Return the one member that a question is about, or all: 「工业视觉在哪些行业落地」."""
    if asked_for(question) or len(members) < 2:
        return list(members)
    telling = [
        n for n in question.needs if not re.search(_WHICH + re.escape(n.word), question.folded)
    ]
    told = [sum(n.weight for n in telling if speaks_of(_lead(c), n)) for c in members]
    leads = " ".join(map(_lead, members))
    total = sum(need.weight for need in telling if speaks_of(leads, need))
    *_, second, most = sorted(told)
    meant = members[told.index(most)]
    # The announcing sentence says what they all are about.
    alone = MEMBER.match(meant.folded) and most - second > MEANT * total
    return [meant] if alone else list(members)


def _lead(member: Candidate) -> str:
    """Return what names a member: 「第二是网络安全」, all of a sentence without a number."""
    number = MEMBER.match(member.folded)
    clause = _CLAUSE.match(member.folded, number.end()) if number else None
    return member.folded[: clause.end()] if clause else member.folded


def _announced(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return a sentence that announces an enumeration, or has its first member, and the members."""
    after = following(first, found)
    if _FIRST_MEMBER.search(first.folded):
        members = list(takewhile(lambda c: MEMBER.match(c.folded), after))
    else:
        members = _unnumbered(first, after)
    if not members and _ANNOUNCES.search(first.folded):
        members = [c for c in after if c.sentence.kind == "item" or MEMBER.match(c.folded)]
    return [first, *members[:MOST_MEMBERS]] if members else []


def next_members(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the members that follow one which begins an enumeration: 「…，一是…；二是…」."""
    if not _FIRST_MEMBER.search(first.folded):
        return []
    return [c for c in _announced(first, found)[1:] if beside(first, c)]


def _unnumbered(first: Candidate, after: Sequence[Candidate]) -> list[Candidate]:
    """Return members that no number tells: as many as were announced, or parted by semicolons.

    「光源有三条路线：甲…；乙…；丙…。」, 「有下列情形的，应当拒收：甲；乙；丙。」
    """
    block = [c for c in after if beside(first, c)]
    if counted := _COUNTS.search(first.folded):
        begun = bool((counted.group("rest") or "").strip())
        left = int(numeral_value(counted.group("number"))) - begun
        parted = [first, *block[: left - 1]] if begun else block[: left - 1]
        even = all(c.folded.endswith(";") for c in parted) or len(block) == left
        return block[:left] if 0 < left <= len(block) and even else []
    if not (_OPENS.search(first.folded) and first.folded.endswith(";")):
        return []
    open_ones = list(takewhile(lambda c: c.folded.endswith(";"), block))
    return block[: len(open_ones) + 1]


def _elsewhere(question: Question, count: int, found: Sequence[Candidate]) -> list[Candidate]:
    """Return an enumeration among the best candidates that has as many members as are asked for.

    Where the question does not say how many, one announced by a candidate as good as the best.
    """
    if question.kind is not Kind.LIST or len(found) < 2:
        return []
    if not count:
        announces = _FIRST_MEMBER.search(found[1].folded) or _COUNTS.search(found[1].folded)
        as_good = found[0].score - found[1].score < AS_GOOD and "、" not in found[0].folded
        return _announced(found[1], found) if announces and as_good else []
    if _lists(found[0].folded, count):
        return []
    for candidate in found[1:BEST]:
        if MEMBER.match(candidate.folded):
            members = _siblings(candidate, found)
        else:
            members = _announced(candidate, found)
        if _as_many(members, count):
            return members
    return []


def _lists(folded: str, count: int) -> bool:
    """Tell whether a sentence lists as many things as asked for itself: 「集成了ISP和NPU」."""
    return count in counted(folded) or any(
        len(_AND.split(clause)) == count for clause in _CLAUSES.split(folded)
    )


def counted(folded: str) -> set[int]:
    """Return how many things a text says there are: 3 of 「共有三种方案」."""
    return {int(numeral_value(match[1])) for match in COUNTED.finditer(folded) if match[1]}


def asked_for(question: Question) -> int:
    """Return how many things a question asks for (「三大难题」), 0 where it does not say."""
    asked = None if _ONE_OF.search(question.folded) else COUNTED.search(question.folded)
    if not asked:
        return 0
    return int(numeral_value(asked.group(1))) if asked.group(1) else _ENGLISH[asked.group(2)]


def _as_many(members: Sequence[Candidate], count: int) -> bool:
    """Tell whether there are as many members; a sentence may announce them besides."""
    return count in (len(members), len(members) - 1)


def _item_asked_for(
    question: Question, first: Candidate, found: Sequence[Candidate]
) -> list[Candidate]:
    """Return the one item of a list that a question names: 「E17怎么处理」, of a list of faults."""
    items = [c for c in found if _in_one_list(first, c)]
    own = [c for c in items if c.sentence.block == first.sentence.block]
    others = squeeze(" ".join(c.folded for c in items if c.sentence.block != first.sentence.block))
    named = any(part in squeeze(first.folded) and part not in others for part in question.parts)
    return sorted(own, key=lambda c: c.sentence.start) if named else []


def _is_item(candidate: Candidate) -> bool:
    return candidate.sentence.kind == "item"


def _in_one_list(first: Candidate, other: Candidate) -> bool:
    """Tell whether two list items stand under one heading."""
    one, two = first.sentence, other.sentence
    return two.kind == "item" and (one.document, one.section) == (two.document, two.section)


def _siblings(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the members numbered in the same way as `first` under the same chapter heading."""
    style = style_of(first)
    chapter = first.sentence.section[:-1] or first.sentence.section
    members = [
        c
        for c in found
        if c.sentence.document == first.sentence.document
        and c.sentence.section[: len(chapter)] == chapter
        and MEMBER.match(c.folded)
        and style_of(c) == style
    ]
    members.sort(key=lambda c: c.sentence.start)
    before = _before(members[0], found) if members else None
    leads = before and not MEMBER.match(before.folded) and _FIRST_MEMBER.search(before.folded)
    return [before, *members] if before and leads else members


def _before(candidate: Candidate, found: Sequence[Candidate]) -> Candidate | None:
    """Return the sentence before a candidate in its paragraph."""
    before = [
        c for c in found if beside(candidate, c) and c.sentence.start < candidate.sentence.start
    ]
    return max(before, key=lambda c: c.sentence.start, default=None)


def style_of(member: Candidate) -> str:
    """Return how a member is numbered, alike for all of one enumeration: 「第#种」, 「#是」."""
    if _IN_ORDER.match(member.folded):
        return "in order"
    match = MEMBER.match(member.folded)
    numbered = _NUMBERING.sub("#", match.group(), count=1) if match else ""
    counted = _STYLED.match(numbered)
    return counted.group() if counted else numbered


def following(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
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
