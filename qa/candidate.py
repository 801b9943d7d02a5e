"""Candidate evidence: sentences with what they are about.

Whose sentence is it? A sentence is about what it names; where it names no topic, about what the
sentences before it in its block name, or else what its headings name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from corpus.folding import fold
from index.entry import StoredSentence
from index.view import Ranked, View
from qa.lexicon import Lexicon, Name
from qa.reader import Span

LEANS_BACK = re.compile(
    r"(?:但|而|同时|此外|另外|不过|因此|所以)?[,，]?(?:在)?"
    r"(?:该|其(?![他它中实余次])|这|此(?!外)|上述|前述|报告期|公司|它|两者|二者|前者|后者)"
)
"""How a paragraph or sentence begins that goes on about what the one before was about."""


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
        features: by name, see `qa.features`.
        score: how well it answers; comparable within one question.
        span: the likeliest answer in it, where a reader read it.

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
    span: Span | None = None

    @property
    def was_read(self) -> bool:
        """Whether a reader had its say."""
        return "read" in self.features


def describe(ranked: Sequence[Ranked], view: View, lexicon: Lexicon) -> list[Candidate]:
    """Read the sentences of ranked passages and tell what each is about."""
    scores = {found.passage: found.score for found in ranked}
    sentences = view.sentences(list(scores))
    sentences.sort(key=lambda sentence: (sentence.document, sentence.start))
    return list(_described(sentences, scores, lexicon))


@dataclass(frozen=True, slots=True)
class _Inherited:
    """What a sentence takes from before it: topics, and words (folded)."""

    topics: tuple[Name, ...]
    words: str = ""


def _described(
    sentences: Iterable[StoredSentence], scores: Mapping[int, float], lexicon: Lexicon
) -> Iterator[Candidate]:
    for (_, section), members in groupby(sentences, key=lambda s: (s.document, s.section)):
        above = _Inherited(_heading_topics(section, lexicon))
        before, lead, last = above, above, -1
        for ordinal, block in groupby(members, key=lambda s: s.block):
            if ordinal != last + 1:
                before = lead = above
            described = list(_of_block(block, above, before, lead, lexicon, scores))
            final = described[-1]
            before, last = _after(final), ordinal
            if final.sentence.kind == "paragraph":
                lead = before if final.folded.endswith(":") else above
            yield from described


def _of_block(
    block: Iterable[StoredSentence],
    above: _Inherited,
    before: _Inherited,
    lead: _Inherited,
    lexicon: Lexicon,
    scores: Mapping[int, float],
) -> Iterator[Candidate]:
    """Describe a block's sentences.

    Each inherits from the one before it in the block; the first from its headings, or from the
    paragraph before if it leans on it, or from the line that announces its list.
    """
    inherited: _Inherited | None = None
    for sentence in block:
        folded = fold(sentence.text)
        if introduced := lexicon.introduced(folded):
            # 「第二种是组串式」: of that goes what follows, as under a heading.
            above = _Inherited(introduced)
        if inherited is None:
            leans = sentence.kind == "paragraph" and LEANS_BACK.match(folded)
            inherited = above
            if leans:
                # Under a company's heading a new paragraph is about that company again.
                inherited = _Inherited(above.topics or before.topics, before.words)
            elif sentence.kind == "item":
                inherited = lead
        named = lexicon.find(folded)
        heading = fold(" ".join((*sentence.section, sentence.header)))
        described = Candidate(
            sentence,
            folded,
            f"{heading}\n{inherited.words}",
            named,
            lexicon.find(heading),
            _topics(named, inherited.topics, above.topics),
            scores[sentence.passage],
        )
        yield described
        inherited = _after(described, inherited.words)


def _topics(
    named: Sequence[Name], inherited: tuple[Name, ...], above: tuple[Name, ...]
) -> tuple[Name, ...]:
    """Return what a sentence is about: the topics it names, or else those it inherits.

    Under a company's heading, only another company takes its place; a product is talked about as
    that company's. Of two companies, the one named last is meant. After a numbered introduction
    (「第二种是组串式」) another of the enumeration is only what it is compared with.
    """
    own = tuple(name for name in named if name.topic)
    if any(name.introduced for name in above):
        return tuple(dict.fromkeys((*above, *own)))
    if above and not any(name.is_like(other) for name in own for other in above):
        kept = (old for old in inherited if not any(old.is_like(name) for name in own))
        return (*kept, *own)
    return own or inherited


def _after(candidate: Candidate, words: str = "") -> _Inherited:
    """Return what the sentence after a candidate inherits.

    The nearest earlier sentence that names a topic is what "其" and "该公司" mean.
    """
    return _Inherited(candidate.topics, f"{words}{candidate.folded}"[-300:])


def _heading_topics(section: Sequence[str], lexicon: Lexicon) -> tuple[Name, ...]:
    """Return the topics of the innermost heading that names any."""
    for heading in reversed(section):
        if topics := tuple(name for name in lexicon.find(fold(heading)) if name.topic):
            return topics
    return ()
