"""Summaries: the key sentences of what a question names, or of the section it is about."""

import re
from collections import Counter
from collections.abc import Sequence

from corpus.folding import fold
from qa.candidate import Candidate
from qa.enumeration import MOST_MEMBERS
from qa.features import matched
from qa.question import Question
from qa.quote import Quote, beside, quote

SENTENCES = 5
LENGTH = 280
"""A summary has this many sentences; more where they are short, up to this many characters."""
SENTENCE_LENGTH = 110
SHORT_LENGTH = 200
"""Characters that each may have, and a summary in one word."""
FIRST = 5
"""Best sentences that may show whose section a summary is of."""
HEADED = 0.4
"""Part of the question from which a heading that speaks of it says whose section is meant."""
SAME = 0.96
"""Cosine from which two sentences say the same."""
_IN_A_WORD = re.compile(r"一句话|一言以蔽之|\bin (?:a|one) (?:word|sentence)\b|\bbriefly\b")


def summary(question: Question, found: Sequence[Candidate]) -> list[Quote]:
    """Take the best sentence of each of the best paragraphs, then the next best, in order."""
    if _IN_A_WORD.search(question.folded):
        return [quote(question, found[0], SHORT_LENGTH)]
    own = [c for c in found if not c.features["asks"] and not c.features["other_topic"]]
    about = _of_topic(question, own) or own or list(found)
    leading = {(c.sentence.document, c.sentence.block): c for c in reversed(about)}
    first = [c for c in about if leading[c.sentence.document, c.sentence.block] is c]
    ordered = [*first, *(c for c in about if all(c is not f for f in first))]
    chosen: list[Candidate] = []
    for candidate in _of_one_section(question, own) or ordered:
        similar = any(
            float(candidate.sentence.vector @ other.sentence.vector) > SAME
            for other in chosen
            if not beside(candidate, other)
        )
        used = sum(len(other.sentence.text) for other in chosen)
        full = len(chosen) >= SENTENCES and used >= LENGTH
        if not similar and not full and len(chosen) < MOST_MEMBERS:
            chosen.append(candidate)
    chosen.sort(key=lambda c: (c.sentence.document, c.sentence.start))
    return [quote(question, each, SENTENCE_LENGTH) for each in chosen]


def _of_topic(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in sections about what the question names, or speaks of."""
    topics = {name for name in question.names if name.topic}
    if topics:
        introduced = {name for name in topics if name.introduced}
        return [c for c in found if topics & set(c.headings) or introduced & set(c.topics)]
    if named := _naming(question, found):
        return named
    told = [matched(question.needs, fold(" ".join(c.sentence.section[-1:]))) for c in found]
    most = max(told, default=0.0)
    return [c for c, share in zip(found, told, strict=True) if share == most and most > HEADED]


def _of_one_section(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in the section that most of the best are in, where nothing is named."""
    if any(name.topic or name.coined for name in question.names) or not found:
        return []
    places = [(c.sentence.document, c.sentence.section) for c in found]
    place, times = Counter(places[:FIRST]).most_common(1)[0]
    if 2 * times <= FIRST:
        return []
    return [c for c, each in zip(found, places, strict=True) if each == place]


def _naming(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that name what the question does, or go on from one that does."""
    coined = {name for name in question.names if name.coined}
    blocks: dict[tuple[str, int], int] = {}
    for c in found:
        if coined & set(c.named):
            block = (c.sentence.document, c.sentence.block)
            blocks[block] = min(c.sentence.start, blocks.get(block, c.sentence.start))
    if len(blocks) < 2:
        return []
    first = ((c, blocks.get((c.sentence.document, c.sentence.block))) for c in found)
    return [c for c, start in first if start is not None and c.sentence.start >= start]
