"""What is cited: a range of a sentence, cut to the clauses that answer."""

from dataclasses import dataclass

from corpus.folding import fold
from qa.candidate import Candidate
from qa.lexicon import Name
from qa.question import Question
from qa.trimming import ROOM, quote_range


@dataclass(frozen=True, slots=True)
class Quote:
    """A range to cite, with the name it is about when its words do not say so themselves.

    Attributes:
        candidate: the sentence it is from.
        start, end: its range in the document's text.
        label: a name to put before it, "" where it speaks for itself.
        subject: whom or what it is about, where that is known; else "".

    """

    candidate: Candidate
    start: int
    end: int
    label: str
    subject: str = ""

    @property
    def text(self) -> str:
        """The quoted words."""
        begin = self.candidate.sentence.start
        return self.candidate.sentence.text[self.start - begin : self.end - begin]


def quote(
    question: Question, candidate: Candidate, room: int = ROOM, subject: Name | None = None
) -> Quote:
    """Quote what of a candidate answers a question.

    Args:
        question: the question.
        candidate: the sentence.
        room: characters the quote should have at most.
        subject: whom the quote is about; the topic asked for when None.

    """
    begin = candidate.sentence.start
    span = candidate.span
    keep = (span.start - begin, span.end - begin) if span else None
    start, end = quote_range(candidate.sentence.text, question, room, keep)
    words = fold(candidate.sentence.text[start:end])
    asked = [name for name in candidate.topics if name in question.names]
    name = subject or (asked[0] if asked else None)
    label = ""
    if name and not any(spelling in words for spelling in name.names):
        label = name.shown
    return Quote(candidate, begin + start, begin + end, label, name.shown if name else "")


def beside(one: Candidate, other: Candidate) -> bool:
    """Tell whether two sentences stand in one paragraph."""
    return (one.sentence.document, one.sentence.block) == (
        other.sentence.document,
        other.sentence.block,
    )
