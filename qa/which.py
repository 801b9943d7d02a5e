"""Which of them: all that some sentence tells of, across the document.

「哪几家进入了小米的供应链」: each with the sentence that says so. Where a question sets a
bound (「2010年以前成立的」), those within it.
"""

import re
from collections.abc import Sequence

from qa.candidate import Candidate
from qa.comparison import ALIKE, alike, speaks_of_rarest
from qa.enumeration import asked_for
from qa.lexicon import Name
from qa.question import Question
from qa.quote import Quote, quote
from qa.ranges import amounts, bounds
from qa.trimming import ROOM

BEST = 6
"""Sentences among which one is looked for that names somebody."""
_NAMES_ASKED = re.compile(r"公司|企业|厂商|厂家|哪家|哪几家|谁|\bwho\b|\bcompan|\bvendors?\b")
_THE_MOST = re.compile(
    r"最(?!近|后|终|新)|唯一|\b(?:most|only)\b|\b(?:larg|bigg|high|low|fast|cheap)est\b"
)


def which(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Answer "which of them": every topic of which some sentence says all that was asked.

    Nothing where only one can be meant: one of them is the most of anything.
    """
    if _THE_MOST.search(question.folded):
        return []
    if named := _naming_others(question, found):
        return [quote(question, named)]
    told = [found[0], *alike(question, found)]
    if within := within_bounds(question, found):
        told = [c for c in within if speaks_of_rarest(question, within[0], c)]
    elif naming := _naming_all(question, found):
        told = naming
    quotes: dict[str, Quote] = {}
    for candidate in told:
        for topic in candidate.topics[:1]:
            quotes.setdefault(topic.shown, quote(question, candidate, ROOM, topic))
    count = asked_for(question)
    return list(quotes.values())[: count or None]


def within_bounds(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with values within the bounds a question sets, if the best is near.

    One with a range of its own (「超过5000元的，…」) is a rule, and no value.
    """
    within = []
    for bound in bounds(question.folded):
        for c in found:
            ruled = any(each.unit == bound.unit for each in bounds(c.folded))
            if not ruled and any(map(bound.holds, amounts(c.folded, "", bound.unit))):
                within.append(c)
    near = within and found[0].score - within[0].score < ALIKE
    return within if near else []


def _naming_others(question: Question, found: Sequence[Candidate]) -> Candidate | None:
    """Return the best candidate that names somebody, where it is asked who and the first does not.

    「采用组串式的公司有哪些」: 「第二种是组串式…。甲和乙都选择了这一路线。」
    """
    asked = set(question.names)
    first, *others = found[:BEST]
    if not _NAMES_ASKED.search(question.folded) or not any(name.introduced for name in asked):
        return None
    if _topics_named(first) - asked:
        return None
    return next((c for c in others if _topics_named(c) - asked and asked & set(c.topics)), None)


def _naming_all(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that name what the question does, where the first does not."""
    asked = {name for name in question.names if not name.topic}
    if not asked or asked <= set(found[0].named):
        return []
    return [c for c in found if asked <= set(c.named)]


def _topics_named(candidate: Candidate) -> set[Name]:
    return {name for name in candidate.named if name.topic and not name.introduced}
