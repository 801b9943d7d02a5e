"""Deciding whether the documents answer at all, how sure that is, and why not."""

import math
from collections.abc import Sequence

from qa.answer import Reason
from qa.evidence import Candidate, matched, speaks_of
from qa.question import Question

FEATURES = ("x",)


def confidence(question: Question, found: Sequence[Candidate]) -> float:
    """Return how sure it is, 0 to 1, that the best candidate answers."""
    value = sum(w * x for w, x in zip(WEIGHTS.values(), signals(question, found).values()))
    return 1 / (1 + math.exp(-value - BIAS))


WEIGHTS = {
    "cosine": 0.0,
    "own": 3.0,
    "context": 3.0,
    "unknown": -3.0,
    "missing": -1.5,
    "kind": 1.0,
    "other_topic": -2.0,
    "part": -3.0,
    "year": -1.0,
    "gap": 0.0,
}
BIAS = -2.0
THRESHOLD = 0.5


def signals(question: Question, found: Sequence[Candidate]) -> dict[str, float]:
    """Return what refusal is judged by."""
    best = found[0]
    cosine = max(float(c.sentence.vector @ question.vector) for c in found)
    total = sum(need.weight for need in question.needs) or 1.0
    unknown = sum(need.weight for need in question.needs if not need.known) / total
    text = f"{best.context}\n{best.folded}"
    rare = [n for n in question.needs if n.known]
    missing = max((n.weight for n in rare if not speaks_of(text, n)), default=0.0)
    return {
        "cosine": (cosine - 0.85) * 20,
        "own": matched(question.needs, best.folded),
        "context": best.features["context_needs"],
        "unknown": unknown,
        "missing": missing,
        "kind": best.features["kind"],
        "other_topic": best.features["other_topic"],
        "part": best.features["part_missing"],
        "year": best.features["other_year"],
        "gap": best.score / 10,
    }


def reason_for(question: Question, found: Sequence[Candidate]) -> Reason:
    """Return why a question is refused: nothing near it, or near but not stated."""
    cosine = max(float(c.sentence.vector @ question.vector) for c in found)
    known = sum(need.weight for need in question.needs if need.known)
    total = sum(need.weight for need in question.needs) or 1.0
    on_topic = any(name.topic for name in question.names) or (known / total > 0.5 and cosine > 0.84)
    return Reason.NOT_STATED if on_topic else Reason.OFF_TOPIC
