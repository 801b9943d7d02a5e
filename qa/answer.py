"""The values that leave this room: an answer with its citations, or a refusal with its reason."""

from dataclasses import dataclass
from enum import Enum

from index.entry import Hit


class Reason(Enum):
    """Why a question was not answered."""

    EMPTY = "empty"
    OFF_TOPIC = "off_topic"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; `role` is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote, to the letter.

    Attributes:
        marker: its number in the answer, from 1.
        document, title: where it is from.
        section: headings above it, outermost first.
        page: page in the source, or None.
        start, end: its range; `quote == document.text[start:end]`.
        quote: the words.
        score: 0 to 1, how well it answers.
        subject: whom or what it is about, where that is known; else "".
        columns: words of the header row for a quoted table row, else "".

    """

    marker: int
    document: str
    title: str
    section: tuple[str, ...]
    page: int | None
    start: int
    end: int
    quote: str
    score: float
    subject: str = ""
    columns: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question.

    Attributes:
        answerable: whether the documents answer it.
        text: the answer, each claim followed by its citation's marker, or the refusal in words.
        citations: the quotes, by marker; empty for a refusal.
        question_used: the question after completion from the conversation.
        reason: why it was refused; None for an answer.
        confidence: 0 to 1, how sure it is that the documents answer the question.
        related: nearest passages, offered with a refusal.

    """

    answerable: bool
    text: str
    citations: tuple[Citation, ...]
    question_used: str
    reason: Reason | None
    confidence: float
    related: tuple[Hit, ...] = ()
