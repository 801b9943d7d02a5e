"""Deciding whether the documents answer at all, how sure that is, and why not.

Similarity cannot refuse: a sentence about the right vendor and another quantity is as near as the
right one. What can is how much of the question the evidence speaks of, in its own words and in what
it inherits, and whether it shows the kind of answer asked for.
"""

import math
from collections.abc import Mapping, Sequence

from qa import topic
from qa.answer import Reason
from qa.candidate import Candidate
from qa.features import speaks_of
from qa.premise import misplaced
from qa.question import Need, Question, share
from qa.weights import mode_of, topic_weights

THRESHOLD = 0.5
"""Confidence from which a question is answered."""

LOOKED_AT = 6
"""How many of the best candidates are looked at."""
MOST = (
    "passage",
    "own_needs",
    "context_needs",
    "rarest_need",
    "topic_own",
    "defines",
    "other_topic",
    "part_missing",
    "other_year",
    "in_range",
)
"""Features of which the most among those counts."""
MEAN = (
    "passage",
    "own_needs",
    "context_needs",
    "topic_own",
    "kind",
    "defines",
    "rival",
    "in_range",
    "strict_missing",
    "short",
    "read",
    "answers",
)
"""Features of which their mean counts."""

_NEAR = -0.7
"""Nearness above which a question of known words is told to be about the documents."""


def confidence(question: Question, found: Sequence[Candidate]) -> float:
    """Return how sure it is, 0 to 1, that the best candidate answers.

    No surer than that the question is about what the documents are about at all.
    """
    stated = weigh(mode_of(reading=found[0].was_read).refusal, signals(question, found))
    return min(stated, weigh(topic_weights().weights, topic.signals(question, found)))


def weigh(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Return the logistic function of the values' weighted sum."""
    return 1 / (1 + math.exp(-sum(weights[name] * value for name, value in values.items())))


def signals(question: Question, found: Sequence[Candidate]) -> dict[str, float]:
    """Return what refusal is judged by; each about 0 to 1."""
    best = found[0]
    inherited = f"{best.context}\n{best.folded}"
    attributes = [need for need in question.needs if not need.topic] or list(question.needs)
    strict = [need for need in question.needs if need.strict]
    return {
        "bias": 1.0,
        "own": _spoken(attributes, best.folded),
        "context": _spoken(question.needs, inherited),
        "unknown": share(attributes, [need for need in attributes if not need.known]),
        "strange": share(question.needs, [need for need in question.needs if need.strange]),
        "cosine": topic.nearness(question, found[:5]),
        "kind_missing": 1.0 - best.features["kind"],
        "other_topic": best.features["other_topic"],
        "part_missing": best.features["part_missing"],
        "name_missing": best.features["name_missing"],
        "rival": best.features["rival"],
        "other_year": best.features["other_year"],
        "year_elsewhere": best.features["year_elsewhere"],
        "strict_missing": float(any(not speaks_of(inherited, need) for need in strict)),
        "strict_unknown": float(any(not need.known for need in strict)),
        "strict_own": best.features["strict_missing"],
        "misplaced": float(misplaced(question, found) is not None),
        **({name: best.features[name] for name in ("read", "answers")} if best.was_read else {}),
        **_around(found[:LOOKED_AT]),
    }


def _around(first: Sequence[Candidate]) -> dict[str, float]:
    """Return the most and the mean of some features among the first candidates.

    Where the best one answers, those behind it are of its kind; where none does, they differ.
    Scraps of a few characters say nothing.
    """
    whole = [first[0], *(c for c in first[1:] if not c.features["short"])]
    seen = first[0].features
    return {
        **{f"most_{name}": max(c.features[name] for c in whole) for name in MOST},
        **{
            f"mean_{name}": sum(c.features[name] for c in whole) / len(whole)
            for name in MEAN
            if name in seen
        },
    }


def reason_for(question: Question, found: Sequence[Candidate]) -> Reason:
    """Return why a question is refused: nothing near it, or near but not stated."""
    known = share(question.needs, [need for need in question.needs if need.known])
    near = topic.nearness(question, found) > _NEAR
    named = any(name.topic for name in question.names)
    return Reason.NOT_STATED if named or (known > 0.5 and near) else Reason.OFF_TOPIC


def _spoken(needs: Sequence[Need], folded: str) -> float:
    return share(needs, [need for need in needs if speaks_of(folded, need)])
