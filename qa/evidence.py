"""Finding evidence: sentences of the best passages, judged against a question, best first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from index.view import View
from qa.candidate import Candidate, describe
from qa.features import features
from qa.interaction import NAMES, softness
from qa.kinds import Kind
from qa.lexicon import Lexicon
from qa.question import Question
from qa.reader import Reader, Reading
from qa.refusal import is_settled
from qa.weights import Mode, mode_of

PASSAGES = 16
"""How many passages are looked at for a question."""
PASSAGES_ACROSS = 48
"""The same for questions that ask across a document (which of them…, summaries)."""
NEIGHBOURS = (-2, -1, 1)
"""Passages looked at with each: those before say whom it is about, the next goes on with it."""
SENTENCES_READ = 6
"""How many sentences the reader reads, each with the others of its passage among them."""
OF_READER = ("read", "answers", *NAMES)
"""Features that a reader gives."""
CERTAIN = 8.0
"""A logit of the reader beyond which more makes no difference."""

_ACROSS = frozenset({Kind.WHICH, Kind.SUMMARY, Kind.COMPARISON, Kind.LIST})


def candidates(
    question: Question,
    view: View,
    lexicon: Lexicon,
    documents: Collection[str] = (),
    reader: Reader | None = None,
) -> list[Candidate]:
    """Return sentences that may answer `question`, best first.

    With a reader, the passages of the best ones are read together with the question, unless all is
    settled without, since reading takes longer than the rest (a cascade; Wang, Lin & Metzler, "A
    Cascade Ranking Model for Efficient Ranked Retrieval", SIGIR 2011).
    """
    limit = PASSAGES_ACROSS if question.kind in _ACROSS else PASSAGES
    ranked = view.rank(question.vector, question.terms, limit, documents, NEIGHBOURS)
    found = judge(question, describe(ranked, view, lexicon))
    if not reader or not found or is_settled(question, found):
        return found
    return read(question, found, view, reader)


def read(
    question: Question, found: Sequence[Candidate], view: View, reader: Reader
) -> list[Candidate]:
    """Judge candidates again, with what the reader makes of the best ones' passages."""
    if not found:
        return []
    shown: dict[int, list[tuple[int, int]]] = {}
    for candidate in found[:SENTENCES_READ]:
        sentence = candidate.sentence
        shown.setdefault(sentence.passage, []).append((sentence.start, sentence.end))
    pages = view.pages(list(shown))
    read_of = reader.read(question.text, list(pages.values()), list(shown.values()))
    readings = dict(zip(shown, read_of, strict=True))
    first = [_read_one(question, c, readings[c.sentence.passage]) for c in found[:SENTENCES_READ]]
    # What was not read is taken for as good as the worst that was.
    least = {name: min(candidate.features[name] for candidate in first) for name in OF_READER}
    rest = [
        _scored(c, {**c.features, **least}, mode_of(reading=True)) for c in found[SENTENCES_READ:]
    ]
    return sorted([*first, *rest], key=lambda candidate: -candidate.score)


def _read_one(question: Question, candidate: Candidate, reading: Reading) -> Candidate:
    start, end = candidate.sentence.start, candidate.sentence.end
    span = reading.best(start, end)
    judged = {
        **candidate.features,
        "read": _squashed(span.score if span else -CERTAIN),
        "answers": _squashed(reading.answers),
        **softness(question, reading, start, end),
    }
    return replace(_scored(candidate, judged, mode_of(reading=True)), span=span)


def _squashed(logit: float) -> float:
    return max(-1.0, min(1.0, logit / CERTAIN))


def judge(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Score candidates against a question; best first."""
    if not found:
        return []
    cosine = np.stack([candidate.sentence.vector for candidate in found]) @ question.vector
    dense = (cosine - cosine.mean()) / max(float(cosine.std()), 0.01)
    judged = [
        _scored(candidate, features(question, candidate, float(value)), mode_of(reading=False))
        for candidate, value in zip(found, dense, strict=True)
    ]
    return sorted(judged, key=lambda candidate: -candidate.score)


def _scored(candidate: Candidate, values: Mapping[str, float], mode: Mode) -> Candidate:
    score = sum(weight * values[name] for name, weight in mode.ranking.items())
    return replace(candidate, features=values, score=score)
