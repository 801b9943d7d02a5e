"""Premises of a question that the documents contradict: a thing credited to the wrong subject."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.candidate import Candidate
from qa.lexicon import Name, squeeze
from qa.question import Question


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A thing that the question credits to one subject and the documents to another.

    Attributes:
        thing: what is credited, as the question's names or part numbers have it.
        owner: the only subject in whose sentences the documents speak of it.
        asked: the subject that the question credits it to.

    """

    thing: str
    owner: str
    asked: str


def misplaced(question: Question, found: Sequence[Candidate]) -> Misplaced | None:
    """Return what the question credits to the wrong subject (「晶晨的ESP32」), if anything.

    All sentences that speak of the thing must be about one other subject of the same class.
    """
    topics = [name for name in question.names if name.topic]
    if len(topics) != 1:
        return None
    asked = topics[0]
    for thing, spellings in _things(question):
        speaking = [c for c in found if any(s in squeeze(c.folded) for s in spellings)]
        about = {name for c in speaking for name in (*c.topics, *c.named, *c.headings)}
        owners = {name for name in about if name.is_like(asked)}
        owned = all(owners & set(c.topics) for c in speaking)
        if speaking and owned and len(owners) == 1 and asked not in about:
            return Misplaced(thing, owners.pop().shown, asked.shown)
    return None


def _things(question: Question) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a question names besides its subject, each with its spellings, squeezed."""
    for part in question.parts:
        yield part.upper(), (part,)
    for name in question.names:
        if not name.topic:
            yield name.shown, _squeezed(name)


def _squeezed(name: Name) -> tuple[str, ...]:
    return tuple(squeeze(spelling) for spelling in name.names)
