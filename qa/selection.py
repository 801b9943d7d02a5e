"""Choosing the fewest sentences that answer.

One for a fact, one a subject for a comparison, a whole enumeration for a list, a few key sentences
for a summary.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from corpus.folding import fold
from qa.evidence import Candidate, speaks_of
from qa.kinds import Kind, is_strict
from qa.lexicon import Name
from qa.question import Need, Question
from qa.trimming import ROOM, quote_range

FACT_LENGTH = 200
LONG_LENGTH = 600
"""Characters an answer may have: for one fact, and for a list, comparison or summary."""

SUMMARY_SENTENCES = 5
SUMMARY_LENGTH = 280
"""A summary has this many sentences; more where they are short, up to this many characters."""
NEAR = 0.5
"""A second sentence this near to the first in score is shown with it."""
CLOSE = 1.5
"""The same where both together are as short as one quote may be, or nearly so in one paragraph."""
PAIR = 120
ALIKE = 5.0
"""Sentences this near to the first may say the same of another subject."""
LESS = 0.35
"""How much less of what was asked they may say in their own words."""
SAME = 0.96
"""Cosine from which two sentences say the same."""

MOST_MEMBERS = 10
"""Members of an enumeration shown."""

_ORDINAL = r"[一二三四五六七八九十\d]+"
_ANNOUNCES = re.compile(
    r"[二三四五六七八九十两\d]+(?:大|个|种|类|项|点|步|方面|条|重)[^。,，]{0,10}[。:：;；.]?$|"
    r"(?:如下|以下|包括|分别[是为])[^。]{0,10}[:：。]?$|[:：]$"
)
_FIRST_MEMBER = re.compile(r"(?:^|[:：,，])(?:一是|其一|第一[,，、:：]|首先|\(1\)|1[.、)])")
_MEMBER = re.compile(
    rf"(?:第{_ORDINAL}(?![季届名次])[种个类项步条点大]?[\u4e00-\u9fff]{{0,3}}[,，、:：是]|{_ORDINAL}是|其[二三四五]|其次|再次|最后|另外|"
    rf"此外|[(（]?{_ORDINAL}[)）.、]|[-*•·])"
)
_JOINS = r"(?:和|与|跟|及|以及| and | vs )"
_STYLE = re.compile(_ORDINAL)
_SEVERAL = re.compile(
    r"[两二三四五六七八九十]+(?:大|重|个|种|类|项|点|步|方面|条|重)|哪[两二三四五六七八九十几些]|"
    r"\b(?:two|three|four|five|six)\b"
)
_WHOLE = frozenset({Kind.SUMMARY, Kind.REASON, Kind.MANNER, Kind.WHICH})
_PLURAL = frozenset({Kind.LIST, Kind.MANNER})


@dataclass(frozen=True, slots=True)
class Quote:
    """A range to cite, with the name it is about when its words do not say so themselves.

    Attributes:
        candidate: the sentence it is from.
        start, end: its range in the document's text.
        label: a name to put before it, "" where it speaks for itself.

    """

    candidate: Candidate
    start: int
    end: int
    label: str

    @property
    def text(self) -> str:
        """The quoted words."""
        begin = self.candidate.sentence.start
        return self.candidate.sentence.text[self.start - begin : self.end - begin]


def select(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Choose what to quote from candidates ordered by score; never more than fits an answer."""
    sound = [c for c in found if c.features["other_topic"] < 1.0] or list(found)
    if members := _enumeration(question, sound):
        return _fit(
            [_quote(question, each, LONG_LENGTH // len(members)) for each in members], LONG_LENGTH
        )
    chooser = _CHOOSERS.get(question.kind, _fact)
    quotes = _each_operand(question, sound) or chooser(question, sound)
    return _fit(quotes, LONG_LENGTH if question.kind in _CHOOSERS else FACT_LENGTH)


def _each_operand(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Give a quote for each of the things that a question joins: 「婚假和产假分别几天」."""
    operands = [] if question.kind in _WHOLE else _operands(question)
    if len(operands) < 2 or all(speaks_of(found[0].folded, need) for need in operands):
        return []
    quotes: list[Quote] = []
    for need in operands:
        speaking = [c for c in found if speaks_of(c.folded, need) and c.features["kind"]]
        if speaking and all(quote.candidate is not speaking[0] for quote in quotes):
            quotes.append(_quote(question, speaking[0]))
    return quotes if len(quotes) > 1 else []


def _operands(question: Question) -> list[Need]:
    """Return the needs that stand side by side in the question, joined by 和 or its like."""
    own = [need for need in question.needs if not need.topic and need.known]
    return [
        need
        for need in own
        for other in own
        if need is not other
        and re.search(
            rf"{re.escape(need.word)}{_JOINS}{re.escape(other.word)}|"
            rf"{re.escape(other.word)}{_JOINS}{re.escape(need.word)}",
            question.folded,
        )
    ]


def _fact(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = _quote(question, found[0])
    for second in found[1:3]:
        gap = found[0].score - second.score
        quote = _quote(question, second)
        room = PAIR if _beside(found[0], second) else ROOM
        roomy = len(first.text) + len(quote.text) <= room and gap < CLOSE
        if (roomy and _says_the_same(question, found[0], second)) or (
            gap < NEAR and _adds(question, found[0], second)
        ):
            return [first, quote]
    return [first]


def _says_the_same(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence may go on from the first: of a quantity, only all of it.

    What stands beside an amount is another amount, and no answer.
    """
    if is_strict(question.wanted):
        return second.features["own_needs"] >= first.features["own_needs"]
    return _speaks_of_rarest(question, first, second)


def _beside(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences stand in one paragraph."""
    return (one.sentence.document, one.sentence.block) == (
        other.sentence.document,
        other.sentence.block,
    )


def _adds(question: Question, first: Candidate, second: Candidate) -> bool:
    """Tell whether a second sentence speaks of something asked that the first does not."""
    if second.features["other_topic"] or second.features["part_missing"]:
        return False
    return any(
        speaks_of(second.folded, need) and not speaks_of(first.folded, need)
        for need in question.needs
    )


def _list(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = found[0]
    quotes = [_quote(question, first, FACT_LENGTH)]
    for second in found[1:4]:
        gap = first.score - second.score
        if "、" in second.folded and gap < (CLOSE if _beside(first, second) else NEAR):
            quotes.append(_quote(question, second, FACT_LENGTH))
    return sorted(quotes, key=lambda quote: (quote.candidate.sentence.document, quote.start))


def _enumeration(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return an enumeration that answers a question for several things: its sentence and members.

    The best sentence announces it (「共有三种方案。」, a line ending in a colon), or is its first
    member (「…三大场景：一是…；」), or another one; the members are in the same chapter.
    """
    first = found[0]
    several = question.kind in _PLURAL or _SEVERAL.search(question.folded)
    if not several or question.kind is Kind.COMPARISON:
        return []
    if _MEMBER.match(first.folded):
        siblings = _siblings(first, found)
        return siblings[:MOST_MEMBERS] if len(siblings) > 1 else []
    following = _following(first, found)
    if _FIRST_MEMBER.search(first.folded):
        members = list(takewhile(lambda c: _MEMBER.match(c.folded), following))
    elif _ANNOUNCES.search(first.folded):
        members = [c for c in following if c.sentence.kind == "item" or _MEMBER.match(c.folded)]
    else:
        return []
    return [first, *members[:MOST_MEMBERS]] if members else []


def _siblings(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the members numbered in the same way as `first` under the same chapter heading."""
    style = _STYLE.sub("#", first.folded[:5])
    chapter = first.sentence.section[:-1] or first.sentence.section
    members = [
        c
        for c in found
        if c.sentence.document == first.sentence.document
        and c.sentence.section[: len(chapter)] == chapter
        and _MEMBER.match(c.folded)
        and _STYLE.sub("#", c.folded[:5])[:3] == style[:3]
    ]
    return sorted(members, key=lambda c: c.sentence.start)


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


def _comparison(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Give one quote a subject, side by side."""
    subjects = _compared(question, found)
    if len(subjects) < 2:
        return [_quote(question, each, ROOM) for each in _alike(question, found)]
    quotes: list[Quote] = []
    for subject in subjects:
        taken = {id(quote.candidate) for quote in quotes}
        own = [c for c in found if subject in c.topics and id(c) not in taken]
        # What was asked comes first; then, a sentence about this subject alone says more of it
        # than one about them all.
        own.sort(
            key=lambda c: (not _speaks_of_rarest(question, found[0], c), c.topics != (subject,))
        )
        own = own or [c for c in found if subject in c.named]
        if own:
            quotes.append(_quote(question, own[0], FACT_LENGTH // 2, subject))
    return quotes


def _compared(question: Question, found: Sequence[Candidate]) -> list[Name]:
    """Return what is compared: the topics asked for, or else those of the best sentences."""
    topics = [name for name in question.names if name.topic]
    if len(topics) >= 2:
        return topics
    return list(dict.fromkeys(c.topics[0] for c in _alike(question, found) if c.topics))


def _alike(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences that say as much of what was asked as the best one, in its words."""
    first = found[0]
    own = first.features["own_needs"]
    return [
        c
        for c in found[: 3 * MOST_MEMBERS]
        if c.features["own_needs"] >= own - LESS
        and first.score - c.score < ALIKE
        and _speaks_of_rarest(question, first, c)
    ][:MOST_MEMBERS]


def _speaks_of_rarest(question: Question, first: Candidate, other: Candidate) -> bool:
    """Tell whether `other` speaks of the rarest thing asked for that `first` speaks of."""
    spoken = [n for n in question.needs if not n.topic and speaks_of(first.folded, n)]
    return bool(spoken) and speaks_of(other.folded, max(spoken, key=lambda need: need.weight))


def _which(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Answer "which of them": every topic of which some sentence says all that was asked."""
    quotes: dict[str, Quote] = {}
    for candidate in [found[0], *_alike(question, found)]:
        for topic in candidate.topics[:1]:
            quotes.setdefault(topic.shown, _quote(question, candidate, ROOM, topic))
    return list(quotes.values()) or _fact(question, found)


def _summary(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Take the best sentence of each of the best paragraphs, then the next best, in order."""
    own = [c for c in found if not c.features["asks"] and not c.features["other_topic"]]
    own = _of_topic(question, own) or own or list(found)
    leading = {(c.sentence.document, c.sentence.block): c for c in reversed(own)}
    first = [c for c in own if leading[c.sentence.document, c.sentence.block] is c]
    chosen: list[Candidate] = []
    for candidate in [*first, *(c for c in own if all(c is not f for f in first))]:
        similar = any(
            float(candidate.sentence.vector @ other.sentence.vector) > SAME for other in chosen
        )
        used = sum(len(other.sentence.text) for other in chosen)
        full = len(chosen) >= SUMMARY_SENTENCES and used >= SUMMARY_LENGTH
        if not similar and not full and len(chosen) < MOST_MEMBERS:
            chosen.append(candidate)
    chosen.sort(key=lambda c: (c.sentence.document, c.sentence.start))
    return [_quote(question, each, LONG_LENGTH // SUMMARY_SENTENCES - 10) for each in chosen]


def _of_topic(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in sections about what the question names."""
    topics = {name for name in question.names if name.topic}
    return [c for c in found if topics & set(c.headings)]


def _reason(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = found[0]
    quotes = [_quote(question, first, 160)]
    for other in found[1:4]:
        if _beside(first, other) and first.score - other.score < 1.5:
            quotes.append(_quote(question, other, 160))
            break
    return sorted(quotes, key=lambda quote: quote.start)


def _quote(
    question: Question, candidate: Candidate, room: int = ROOM, subject: Name | None = None
) -> Quote:
    start, end = quote_range(candidate.sentence.text, question, room)
    words = fold(candidate.sentence.text[start:end])
    asked = [name for name in candidate.topics if name in question.names]
    name = subject or (asked[0] if asked else None)
    label = ""
    if name and not any(spelling in words for spelling in name.names):
        label = name.shown
    begin = candidate.sentence.start
    return Quote(candidate, begin + start, begin + end, label)


def _fit(quotes: Sequence[Quote], limit: int) -> list[Quote]:
    kept: list[Quote] = []
    used = 0
    for quote in quotes:
        length = len(quote.text) + len(quote.label) + 6
        if kept and used + length > limit:
            break
        kept.append(quote)
        used += length
    return kept


_CHOOSERS: dict[Kind, Callable[[Question, Sequence[Candidate]], list[Quote]]] = {
    Kind.LIST: _list,
    Kind.COMPARISON: _comparison,
    Kind.WHICH: _which,
    Kind.SUMMARY: _summary,
    Kind.REASON: _reason,
    Kind.MANNER: _reason,
}
