"""Candidate evidence: sentences with what they are about, judged against a question.

Whose sentence is it? A sentence is about what it names; where it names no topic, about what the
sentences before it in its block name, or else what its headings name.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from corpus.folding import fold
from index.entry import StoredSentence
from index.view import Ranked, View
from qa.kinds import Kind, has_designation, shows
from qa.lexicon import Lexicon, Name, squeeze
from qa.question import Need, Question

PASSAGES = 16
"""How many passages are read for a question."""
PASSAGES_ACROSS = 48
"""The same for questions that ask across a document (which of them…, summaries)."""

_ACROSS = frozenset({Kind.WHICH, Kind.SUMMARY, Kind.COMPARISON, Kind.LIST})
_ASKS_WHICH = frozenset({Kind.WHICH, Kind.LIST, Kind.MODEL, Kind.NAME, Kind.PERSON})
_SOME = re.compile(
    r"多家|多个|多种|多款|若干|一系列|部分|不少|诸多|众多|各类|某些|一些|"
    r"several|various|a number of"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True)
class Candidate:
    """A sentence that may be evidence.

    Attributes:
        sentence: the sentence.
        folded: its words, folded.
        context: what it inherits, folded: headings, its block's earlier sentences, column names.
        named: names in the sentence itself.
        headings: names in its headings.
        topics: the topics it is about, its own or inherited.
        passage_score: its passage's fused score (z).
        features: by name, see `FEATURES`.
        score: how well it answers; comparable within one question.

    """

    sentence: StoredSentence
    folded: str
    context: str
    named: tuple[Name, ...]
    headings: tuple[Name, ...]
    topics: tuple[Name, ...]
    passage_score: float
    features: Mapping[str, float] = field(default_factory=dict)
    score: float = 0.0


FEATURES: dict[str, float] = {
    "dense": 0.6,
    "passage": 1.0,
    "own_needs": 2.2,
    "context_needs": 3.2,
    "rarest_need": 0.2,
    "bigrams": 2.0,
    "topic_own": 0.5,
    "kind": 2.8,
    "defines": 3.0,
    "other_topic": -2.5,
    "part_missing": -2.5,
    "other_year": -1.6,
    "asks": -1.5,
    "short": -1.0,
}
"""What a candidate is judged by, each with its weight in the score.

The weights of what any text shows were fitted by maximum likelihood of the sentence that holds the
answer, over 2,096 questions of XQuAD zh, CMRC2018 dev and DRCD dev, then rounded. Those of what
these sets do not show (topics, part numbers, definitions, asking and short sentences) are set by
hand.
"""


def candidates(
    question: Question, view: View, lexicon: Lexicon, documents: Collection[str] = ()
) -> list[Candidate]:
    """Return sentences that may answer `question`, best first."""
    limit = PASSAGES_ACROSS if question.kind in _ACROSS else PASSAGES
    ranked = view.rank(question.vector, question.terms, limit, documents)
    return judge(question, describe(ranked, view, lexicon))


def describe(ranked: Sequence[Ranked], view: View, lexicon: Lexicon) -> list[Candidate]:
    """Read the sentences of ranked passages and tell what each is about."""
    scores = {found.passage: found.score for found in ranked}
    sentences = view.sentences(list(scores))
    sentences.sort(key=lambda sentence: (sentence.document, sentence.start))
    return list(_described(sentences, scores, lexicon))


def _described(
    sentences: Iterable[StoredSentence], scores: dict[int, float], lexicon: Lexicon
) -> Iterator[Candidate]:
    for _, members in groupby(sentences, key=lambda s: (s.document, s.section, s.block)):
        inherited: tuple[Name, ...] | None = None
        before = ""
        for sentence in members:
            folded = fold(sentence.text)
            named = lexicon.find(folded)
            own = tuple(name for name in named if name.topic)
            if inherited is None:
                inherited = _heading_topics(sentence.section, lexicon)
            topics = own or inherited
            heading = fold(" ".join((*sentence.section, sentence.header)))
            yield Candidate(
                sentence,
                folded,
                f"{heading}\n{before}",
                named,
                lexicon.find(heading),
                topics,
                scores[sentence.passage],
            )
            # The nearest earlier sentence that names a topic is what "其" and "该公司" mean.
            inherited = own or inherited
            before = f"{before}{folded}"[-300:]


def _heading_topics(section: Sequence[str], lexicon: Lexicon) -> tuple[Name, ...]:
    """Return the topics of the innermost heading that names any."""
    for heading in reversed(section):
        if topics := tuple(name for name in lexicon.find(fold(heading)) if name.topic):
            return topics
    return ()


def judge(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Score candidates against a question; best first."""
    if not found:
        return []
    cosine = np.stack([candidate.sentence.vector for candidate in found]) @ question.vector
    dense = (cosine - cosine.mean()) / max(float(cosine.std()), 0.01)
    judged = [
        _scored(candidate, _features(question, candidate, float(value)))
        for candidate, value in zip(found, dense, strict=True)
    ]
    return sorted(judged, key=lambda candidate: -candidate.score)


def _features(question: Question, candidate: Candidate, dense: float) -> dict[str, float]:
    folded = candidate.folded
    attributes = [need for need in question.needs if not need.topic]
    inherited = f"{candidate.context}\n{folded}"
    topics = [name for name in question.names if name.topic]
    return {
        "dense": dense,
        "passage": candidate.passage_score,
        "own_needs": matched(attributes, folded),
        "context_needs": matched(attributes, inherited),
        "rarest_need": _rarest_spoken(attributes, folded),
        "bigrams": _shared_bigrams(question, folded),
        "topic_own": _part(name in candidate.named for name in topics),
        "kind": float(
            shows(question.wanted, folded, question.folded) and not is_vague(question, candidate)
        ),
        "defines": float(question.kind is Kind.DEFINITION and _defines(question, folded)),
        "other_topic": missing_topics(question, candidate),
        "part_missing": float(misses_part(question, candidate)),
        "other_year": float(is_of_another_year(question, candidate)),
        "asks": float(folded.endswith("?")),
        "short": float(len(folded) < 8 or is_column_names(candidate.sentence)),
    }


def _part(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _rarest_spoken(needs: Sequence[Need], folded: str) -> float:
    """Return 1 if the rarest known need is spoken of, less for a commoner one, 0 for none."""
    known = [need for need in needs if need.known]
    highest = max((need.weight for need in known), default=0.0)
    spoken = max((need.weight for need in known if speaks_of(folded, need)), default=0.0)
    return spoken / highest if highest else 0.0


def _shared_bigrams(question: Question, folded: str) -> float:
    """Return the part of the question's character pairs that a folded text has."""
    if not question.bigrams:
        return 0.0
    return sum(pair in folded for pair in question.bigrams) / len(question.bigrams)


def _defines(question: Question, folded: str) -> bool:
    """Tell whether a text explains what the question names: X(…), X是…, X指…."""
    words = {word for need in question.needs for word in need.alternatives | {need.word}}
    return any(
        re.search(
            rf"{re.escape(word)}(?:[（(][^\d]|是|指|,是|，是|为)|[（(]{re.escape(word)}[)）]",
            folded,
        )
        for word in words
        if word in folded
    )


def _scored(candidate: Candidate, features: dict[str, float]) -> Candidate:
    score = sum(weight * features[name] for name, weight in FEATURES.items())
    return replace(candidate, features=features, score=score)


def matched(needs: Sequence[Need], folded: str) -> float:
    """Return the part of the known needs' weight that a folded text speaks of, 0 to 1."""
    total = sum(need.weight for need in needs if need.known)
    if not total:
        return 0.0
    return sum(need.weight for need in needs if need.known and speaks_of(folded, need)) / total


def speaks_of(folded: str, need: Need) -> bool:
    """Tell whether a folded text has a need's word or one that would do as well."""
    return any(word in folded for word in need.alternatives) or (
        any(char.isdigit() for char in need.word) and squeeze(need.word) in squeeze(folded)
    )


def missing_topics(question: Question, candidate: Candidate) -> float:
    """Return how far a sentence is from the question's topics: 1 for another one, 0 for the same.

    The topic named first is whom the question is about; the others count half. Where several are
    compared, each by a sentence of its own, any of them will do.
    """
    asked = [name for name in question.names if name.topic]
    about = {*candidate.topics, *candidate.named, *candidate.headings}
    if not asked or not about or (asked[0] in about and len(asked) == 1):
        return 0.0
    missing = [name not in about for name in asked]
    if question.kind is Kind.COMPARISON:
        return float(all(missing))
    return 1.0 if missing[0] else 0.5 * sum(missing) / len(missing)


def is_vague(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence says that there are some where the question asks which.

    「与多家车企合作」 names none: no names but the question's own, and no designations.
    """
    if question.kind not in _ASKS_WHICH or not _SOME.search(candidate.folded):
        return False
    named = set(candidate.named) - set(question.names) - set(candidate.topics)
    return not named and not has_designation(candidate.folded, question.folded)


def is_column_names(sentence: StoredSentence) -> bool:
    """Tell whether a sentence is a table's header row: it names values and has none."""
    return sentence.kind == "row" and not sentence.header


def misses_part(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence and what it inherits lack a part number that the question has."""
    text = squeeze(f"{candidate.folded} {candidate.context}")
    return any(part not in text for part in question.parts)


def is_of_another_year(question: Question, candidate: Candidate) -> bool:
    """Tell whether a sentence names years, and none of those asked for."""
    years = set(_YEAR.findall(candidate.folded))
    return bool(question.years and years and not years & set(question.years))
