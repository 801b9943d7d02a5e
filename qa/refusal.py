"""Deciding whether the documents answer at all, how sure that is, and why not.

Similarity cannot refuse: a sentence about the right vendor and another quantity is as near as the
right one. What can is how much of the question the evidence speaks of, in its own words and in what
it inherits, whether it shows the kind of answer asked for, and how these go together: a quadratic
form of signals, fitted to questions with and without an answer.
"""

import math
from collections.abc import Mapping, Sequence

from qa import topic
from qa.answer import Reason
from qa.candidate import Candidate
from qa.features import lacks_attribute, says_only_some, speaks_of
from qa.kinds import Kind
from qa.premise import misplaced
from qa.question import Need, Question, share
from qa.weights import mode_of, topic_weights

THRESHOLD = 0.5
"""Confidence from which a question is answered."""

SURE = 0.85
"""Confidence from which no reader is asked, where the best candidate stands out by `CLEAR`."""
CLEAR = 0.5
"""A difference in score by which the best stands out."""
HOPELESS = 0.1
"""Confidence below which no reader is asked."""
UNHEARD_OF = 0.1
"""Confidence at most where documents have no word for what is asked, tell it of another part, or
only that there are several."""
LOOKED_AT = 6
"""How many of the best candidates are looked at."""
LONG = 120
"""Characters from which a sentence counts as long."""
FAR = 15.0
"""A difference in score beyond which more makes no difference."""
OF_BEST = (
    "other_topic",
    "part_missing",
    "name_missing",
    "rival",
    "other_year",
    "year_elsewhere",
    "opposite",
)
"""Features of which the best one's counts."""
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
ALL = ("soft_own", "soft_all", "soft_least")
"""Features of a reader's of which the best one's counts, the most, and the mean."""
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

LIKED = 3
"""Among how many of the best candidates a reader may like another than the first."""
_NAMED = frozenset({Kind.WHICH, Kind.LIST, Kind.MODEL})
_JUDGED = frozenset({Kind.YES_NO, Kind.SUMMARY, Kind.COMPARISON})
_NEAR = -0.7
"""Nearness above which a question of known words is told to be about the documents."""


def confidence(question: Question, found: Sequence[Candidate]) -> float:
    """Return how sure it is, 0 to 1, that the best candidate answers.

    No surer than that the question is about what the documents are about at all.
    """
    stated = logistic(mode_of(found[0].was_read).refusal.score(signals(question, found)))
    if (
        is_unheard_of(question)
        or is_of_another_part(question, found[0])
        or is_left_open(question, found)
        or is_of_opposite(question, found[0])
        or topic.is_task(question.folded)
    ):
        stated = min(stated, UNHEARD_OF)
    return min(stated, weigh(topic_weights().weights, topic.signals(question, found)))


def is_settled(question: Question, found: Sequence[Candidate]) -> bool:
    """Tell whether words and similarity leave no doubt, so that nothing need be read.

    That the best candidate answers and no other comes near it, or that none does.
    """
    sure = confidence(question, found)
    clear = len(found) == 1 or found[0].score - found[1].score >= CLEAR
    return sure < HOPELESS or (sure >= SURE and clear)


def is_unheard_of(question: Question) -> bool:
    """Tell whether nothing that is asked of the topics is known, something with few names at that.

    Where a chairman is asked for and no document has the word, none says who it is; nor does one
    tell of a company that the vocabulary has and no document.
    """
    asked = [need for need in question.needs if not need.topic]
    if any(need.strict for need in asked) and not any(need.known for need in asked):
        return True
    named = {word for name in question.names if not name.coined for word in name.names}
    strangers = [need for need in question.needs if need.word in named and not need.known]
    return bool(strangers) and question.kind is not Kind.COMPARISON


def is_of_another_part(question: Question, best: Candidate) -> bool:
    """Tell whether the best sentence is about another part number than the one asked about.

    Where documents know the number, it is not misspelt, and the right one would have been found.
    """
    if len(question.parts) != 1 or question.kind is Kind.COMPARISON:
        return False
    known = any(need.known for need in question.needs if need.word in question.parts)
    return known and bool(best.features["part_missing"])


def is_left_open(question: Question, found: Sequence[Candidate]) -> bool:
    """Tell whether what a question asks to be named is only said to be several: 「多家车企」.

    By the best sentence, or by the one of the best that a reader likes best.
    """
    if question.kind not in _NAMED:
        return False
    liked = max(found[:LIKED], key=lambda each: each.features.get("read", 0.0))
    return any(says_only_some(question, each) for each in (found[0], liked))


def is_of_opposite(question: Question, best: Candidate) -> bool:
    """Tell whether the best sentence is about the opposite of what is asked: 二期, not 一期.

    None did of 1,869 questions that documents answer. To a yes or no it may be the answer.
    """
    return question.kind not in _JUDGED and bool(best.features["opposite"])


def weigh(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Return the logistic function of the values' weighted sum."""
    return logistic(sum(weights[name] * value for name, value in values.items()))


def logistic(value: float) -> float:
    """Return the logistic function of a value, 0 to 1."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


def signals(question: Question, found: Sequence[Candidate]) -> dict[str, float]:
    """Return what refusal is judged by, most of it about 0 to 1."""
    return {
        **_of_needs(question, found[0]),
        **_of_best(question, found),
        **_of_order(question, found),
        **_around(found[:LOOKED_AT]),
        **{f"wants_{kind.value}": float(question.wanted is kind) for kind in Kind},
    }


def _of_needs(question: Question, best: Candidate) -> dict[str, float]:
    """Return how much of what is asked is spoken of, or known at all."""
    inherited = f"{best.context}\n{best.folded}"
    attributes = [need for need in question.needs if not need.topic] or list(question.needs)
    strict = [need for need in question.needs if need.strict]
    unknown = [need for need in question.needs if not need.known]
    return {
        "own": _spoken(attributes, best.folded),
        "context": _spoken(question.needs, inherited),
        "unknown": share(attributes, [need for need in attributes if not need.known]),
        "unknown_needs": float(len(unknown)),
        "rarest_unknown": max((need.weight for need in unknown), default=0.0),
        "rarest": max((need.weight for need in question.needs), default=0.0),
        "strange": share(question.needs, [need for need in question.needs if need.strange]),
        "strict": float(bool(strict)),
        "strict_missing": float(lacks_attribute(question, inherited)),
        "strict_unknown": float(any(not need.known for need in strict)),
        "topics": float(sum(need.topic for need in question.needs)),
        "english": float(question.language == "en"),
    }


def _of_best(question: Question, found: Sequence[Candidate]) -> dict[str, float]:
    """Return what shows in the best candidate."""
    best = found[0]
    of_reader = ("read", "answers", *ALL) if best.was_read else ()
    return {
        "kind_missing": 1.0 - best.features["kind"],
        **{name: best.features[name] for name in OF_BEST},
        "strict_own": best.features["strict_missing"],
        "misplaced": float(misplaced(question, found) is not None),
        "row": float(best.sentence.kind == "row"),
        "item": float(best.sentence.kind == "item"),
        "length": min(len(best.folded), LONG) / LONG,
        **{name: best.features[name] for name in of_reader},
    }


def _of_order(question: Question, found: Sequence[Candidate]) -> dict[str, float]:
    """Return how far the best candidates are from the question, and from each other."""
    cosines = [topic.nearness(question, [candidate]) for candidate in found[:LOOKED_AT]]
    near = [float(candidate.sentence.vector @ question.vector) for candidate in found[:LOOKED_AT]]
    last = found[min(LOOKED_AT, len(found)) - 1]
    return {
        "cosine": max(cosines[:5]),
        "cosine_best": cosines[0],
        "cosine_mean": sum(cosines) / len(cosines),
        "near": max(near),
        "near_best": near[0],
        "near_mean": sum(near) / len(near),
        "score": found[0].score / FAR,
        "ahead": min(found[0].score - found[min(1, len(found) - 1)].score, FAR) / FAR,
        "far_ahead": min(found[0].score - last.score, FAR) / FAR,
    }


def _around(first: Sequence[Candidate]) -> dict[str, float]:
    """Return the most and the mean of some features among the first candidates.

    Where the best one answers, those behind it are of its kind; where none does, they differ.
    Scraps of a few characters say nothing.
    """
    whole = [first[0], *(c for c in first[1:] if not c.features["short"])]
    seen = first[0].features
    most = [name for name in (*MOST, "read", *ALL) if name in seen]
    mean = [name for name in (*MEAN, *ALL) if name in seen]
    return {
        **{f"most_{name}": max(c.features[name] for c in whole) for name in most},
        **{f"mean_{name}": sum(c.features[name] for c in whole) / len(whole) for name in mean},
    }


def reason_for(question: Question, found: Sequence[Candidate]) -> Reason:
    """Return why a question is refused: nothing near it, or near but not stated."""
    known = share(question.needs, [need for need in question.needs if need.known])
    near = topic.nearness(question, found) > _NEAR
    named = any(name.topic for name in question.names)
    if topic.is_task(question.folded):
        return Reason.OFF_TOPIC
    return Reason.NOT_STATED if named or (known > 0.5 and near) else Reason.OFF_TOPIC


def _spoken(needs: Sequence[Need], folded: str) -> float:
    return share(needs, [need for need in needs if speaks_of(folded, need)])
