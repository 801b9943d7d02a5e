"""Choosing the fewest sentences that answer: one for a fact, one a subject for a comparison, a whole
enumeration for a list, a few key sentences for a summary."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.folding import fold
from qa.evidence import Candidate, matched, speaks_of
from qa.kinds import Kind
from qa.lexicon import Name
from qa.question import Need, Question
from qa.trimming import ROOM, quote_range

FACT_LENGTH = 200
LONG_LENGTH = 600
"""Characters an answer may have: for one fact, and for a list, comparison or summary."""

SUMMARY_SENTENCES = 4
NEAR = 0.5
"""A second sentence this near to the first in score is shown with it."""

_INTRODUCES = re.compile(
    r"[三四五六七八九十两\d]+(?:大|个|种|类|项|点|步|方面|条|重)[^。]{0,14}[。：:；;]?$|"
    r"(?:如下|以下|包括|分别(?:是|为))[^。]{0,10}[：:。]?$|[：:]$"
)
_ENUMERATED = re.compile(
    r"^(?:第?[一二三四五六七八九十]+(?:种|是|、|，|,|个|类|项|步|方面)|首先|其次|再次|最后|另外|此外|"
    r"[（(]?\d+[)）.、]|[-*•·]|第[一二三四五六七八九十]+)|[一二三四五六七八九]是"
)


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
    chooser = _CHOOSERS.get(question.kind, _fact)
    quotes = chooser(question, found)
    limit = LONG_LENGTH if question.kind in _CHOOSERS else FACT_LENGTH
    return _fit(quotes, limit)


def _fact(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = found[0]
    quotes = [_quote(question, first)]
    if enumeration := _enumeration(first, found):
        return [*quotes, *(_quote(question, each) for each in enumeration)]
    for second in found[1:3]:
        if first.score - second.score < NEAR and _adds(question, first, second):
            quotes.append(_quote(question, second))
            break
    return quotes


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
    members = _enumeration(first, found)
    if members:
        return [_quote(question, each, LONG_LENGTH) for each in (first, *members)]
    quotes = [_quote(question, first, FACT_LENGTH)]
    for second in found[1:4]:
        near = first.score - second.score < 2 * NEAR
        if near and not second.features["other_topic"] and "、" in second.folded:
            quotes.append(_quote(question, second, FACT_LENGTH))
    return quotes


def _enumeration(first: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the members of the enumeration that `first` introduces, in the document's order."""
    sentence = first.sentence
    if not _INTRODUCES.search(sentence.text):
        return []
    following = sorted(
        (
            c
            for c in found
            if c.sentence.document == sentence.document
            and c.sentence.start > sentence.start
            and c.sentence.section[: len(sentence.section)] == sentence.section
        ),
        key=lambda c: c.sentence.start,
    )
    members = [
        c for c in following if c.sentence.kind == "item" or _ENUMERATED.search(c.folded[:6])
    ]
    return members[:10]


def _comparison(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    subjects = _compared(question, found)
    if len(subjects) < 2:
        return _list(question, found)
    others = [need for need in question.needs if not _names_any(need, subjects)]
    quotes = []
    for subject in subjects:
        own = [c for c in found if subject in c.topics or subject in c.named]
        if own:
            best = max(own, key=lambda c: c.score + 2.0 * matched(others, c.folded))
            quotes.append(_quote(question, best, ROOM, subject))
    return quotes


def _compared(question: Question, found: Sequence[Candidate]) -> list[Name]:
    """Return what is compared: the topics asked for, or else those of the best sentences."""
    topics = [name for name in question.names if name.topic]
    if len(topics) >= 2:
        return topics
    best = found[0].score
    near = [c for c in found[:12] if best - c.score < 2.5]
    return list(dict.fromkeys(c.topics[0] for c in near if c.topics))


def _names_any(need: Need, subjects: Sequence[Name]) -> bool:
    return any(need.word in subject.names for subject in subjects)


def _which(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Answer "which of them": every topic of which some sentence says all that was asked."""
    first = found[0]
    anchor = first.features["own_needs"]
    quotes: dict[str, Quote] = {}
    for candidate in found[:24]:
        if not candidate.topics or candidate.features["part_missing"]:
            continue
        full = candidate.features["own_needs"] >= anchor - 0.05 and candidate.score > (
            first.score - 3.0
        )
        if candidate is first or (full and _anchored(question, first, candidate)):
            topic = candidate.topics[0]
            quotes.setdefault(topic.shown, _quote(question, candidate, ROOM, topic))
    return list(quotes.values()) or _fact(question, found)


def _anchored(question: Question, first: Candidate, other: Candidate) -> bool:
    """Tell whether `other` has the rarest thing asked for that the best sentence has."""
    spoken = [need for need in question.needs if speaks_of(first.folded, need)]
    if not spoken:
        return False
    return speaks_of(other.folded, max(spoken, key=lambda need: need.weight))


def _summary(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Take the best sentences that say different things, in the document's order."""
    chosen: list[Candidate] = []
    for candidate in found[:16]:
        similar = any(
            float(candidate.sentence.vector @ other.sentence.vector) > 0.93 for other in chosen
        )
        if not similar and not candidate.features["other_topic"]:
            chosen.append(candidate)
        if len(chosen) == SUMMARY_SENTENCES:
            break
    chosen = chosen or list(found[:1])
    chosen.sort(key=lambda c: (c.sentence.document, c.sentence.start))
    return [_quote(question, each, 140) for each in chosen]


def _reason(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    first = found[0]
    quotes = [_quote(question, first, 160)]
    for other in found[1:4]:
        beside = (
            other.sentence.document == first.sentence.document
            and other.sentence.block == first.sentence.block
        )
        if beside and first.score - other.score < 1.5:
            quotes.append(_quote(question, other, 160))
            break
    return sorted(quotes, key=lambda quote: quote.start)


def _quote(
    question: Question, candidate: Candidate, room: int = ROOM, subject: Name | None = None
) -> Quote:
    start, end = quote_range(candidate.sentence.text, question, room)
    words = fold(candidate.sentence.text[start:end])
    label = ""
    name = subject or (candidate.topics[0] if candidate.topics else None)
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
