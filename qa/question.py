"""Understanding a question: what kind of answer it wants, about whom, and in which words."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from corpus.errors import InvalidInput
from corpus.folding import fold, simplify, to_mainland
from index.view import View
from qa.english import in_chinese
from qa.everyday import written
from qa.kinds import Kind, asks_who_more, kind_of, wanted_kind
from qa.lexicon import FUNCTION_WORDS, Lexicon, Name, is_known, part_numbers, squeeze
from qa.ranges import Quantity, Range, bounds, calendar, quantities

APART = ("副", "陪")
"""What before a word makes it another thing: 副总裁 is not 总裁, nor 陪产假 产假."""
_LONG = 3
"""Characters from which a word may be made of others."""
MAX_QUESTION = 2000
"""Characters; a longer question is refused before any work is done."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_WORD = re.compile(r"[a-z0-9\u3400-\u9fff]")

ASKING = re.compile(
    r"请问|请|帮我|麻烦|一下|告诉我|我想知道|想问|为什么|为何|为啥|怎么样|怎么|怎样|如何|"
    r"什么时候|什么|啥|多少|多大|多久|哪[一两几二三四五六七八九十]*[个家种款颗类项天年里些儿月]|哪|谁家|谁|几[个家种款颗类项天年月号点]|几|"
    r"是不是|有没有|能不能|可不可以|是否|吗|呢|吧|啊|呀|嘛|么|"
    r"分别|各自|各是|各|具体|到底|究竟|目前|现在|都|总结|概括|概述|介绍|简单|讲讲|说说|谈谈|展开|"
    r"名单|清单|列表|进展|进度|哪一步|一步|步骤|求|列出|列举|一句话|对比|比较|相比|区别|差别|以及|还是|或者|其中|里面|里头|之间|关于|对于|根据|按照|"
    r"\b(?:which|what|who|whom|whose|when|where|why|how|many|much|do|does|did|is|are|was|were|the|a|an|"
    r"of|in|on|at|to|for|and|or|with|by|from|as|its|their|it|they|that|this|these|those|list|tell|"
    r"me|about|please|give|name|be|been|has|have|had|can|could|will|would|should|there|so|each|per|"
    r"according|main|over|next|my|i|you|your|if|than|into)\b"
)
"""Words that ask rather than say what is asked about."""


_EXCLUDED = re.compile(
    r"(?<!是)(?:而)?不(?:是|算|包括|含)[^，,。;；？?]{1,12}|(?:除了|除)[^，,。;；？?]{1,12}(?:以外|之外)"
)
"""What a question says it does not mean: 「不是扣非那个」."""
_OVERARCHING = frozenset({Kind.COMPARISON, Kind.YES_NO, Kind.LIST, Kind.WHICH})
_OF_ONE = frozenset({Kind.SUMMARY, Kind.REASON, Kind.MANNER, Kind.YES_NO, Kind.DEFINITION})
"""Kinds that stay what they are when several are asked about."""
_BETWEEN = re.compile(r".{0,6}?(?:和|与|跟|同|及|以及|还是|、|vs\.?|and|or|than).{0,3}")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that evidence must speak of.

    Attributes:
        word: as the question has it, folded.
        alternatives: words that would do as well, itself included.
        weight: how much it tells (inverse document frequency, with what kind of word it is).
        known: whether the documents have any of the alternatives at all.
        topic: whether it names a topic, which a sentence may inherit.
        strict: whether it asks for something that few other words say.
        strange: whether it names a thing that no document knows.
        numbered: whether there is a digit in it, as in a part number.

    """

    word: str
    alternatives: frozenset[str]
    weight: float
    known: bool
    topic: bool = False
    strict: bool = False
    strange: bool = False
    numbered: bool = False


@dataclass(frozen=True)
class Question:
    """A question, understood.

    Attributes:
        text: the words, cleaned and completed.
        folded: folded, with mainland words for traditional ones.
        language: "zh", "zh-Hant" or "en".
        kind: the expected kind of answer.
        wanted: the kind that evidence must show; another one for comparisons and the like.
        names: what it names, in order.
        parts: part numbers in it, without spaces and hyphens.
        years: four-digit years in it.
        quantities: what it gives numbers of.
        needs: what evidence must speak of.
        terms: search terms, aliases of its names included.
        vector: its unit vector, near those of what answers it, shape (dimension,).
        plain: its unit vector among those of what is about the same, shape (dimension,).

    """

    text: str
    folded: str
    language: str
    kind: Kind
    wanted: Kind
    names: tuple[Name, ...]
    parts: tuple[str, ...]
    years: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    needs: tuple[Need, ...]
    terms: tuple[str, ...]
    vector: npt.NDArray[np.float32]
    plain: npt.NDArray[np.float32]


def clean(text: str) -> str:
    """Remove control characters and outer white space from a question.

    Raises:
        InvalidInput: nothing is left, or it is longer than `MAX_QUESTION`.

    """
    kept = "".join(
        " " if char in "\t\r\n" else char
        for char in text
        if char in "\t\r\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    kept = " ".join(kept.split())
    if not _WORD.search(fold(kept)) and not any(char.isalnum() for char in kept):
        raise InvalidInput("The question is empty.", "question")
    if len(kept) > MAX_QUESTION:
        raise InvalidInput(
            f"The question has {len(kept)} characters; the limit is {MAX_QUESTION}.", "question"
        )
    return kept


def understand(text: str, view: View, lexicon: Lexicon) -> Question:
    """Understand a cleaned, completed question."""
    folded = lexicon.speller.correct(fold(to_mainland(text)), lambda word: _is_word(word, view))
    names = lexicon.find(folded)
    kind = kind_asked(folded, names)
    needs = tuple(_needs(folded, view, lexicon, text))
    formal = written(folded, lexicon.everyday, lambda word: _known(word, view))
    wordings = [text] if formal == folded else [text, formal]
    plain, near = view.encoder.encode_questions(wordings)
    return Question(
        text=text,
        folded=folded,
        language=language_of(text),
        kind=kind,
        wanted=wanted_kind(folded) if kind in _OVERARCHING else kind,
        names=tuple(names),
        parts=tuple(part_numbers(folded, view.lexical.knows)),
        years=tuple(dict.fromkeys(_years(folded))),
        quantities=tuple(quantities(folded)),
        needs=needs,
        terms=tuple(_terms(text, formal, needs, names, view)),
        vector=_middle(near),
        plain=_middle(plain),
    )


def _years(folded: str) -> Iterator[str]:
    """Yield the years that a folded question is about; not those that only bound others."""
    given = {end for bound in calendar(folded) for end in (bound.low, bound.high)}
    return (year for year in _YEAR.findall(folded) if float(year) not in given)


def kind_asked(folded: str, names: Sequence[Name]) -> Kind:
    """Return the kind of answer that a folded question expects.

    Of two companies, or which of two things is more, it is a comparison.
    """
    kind = kind_of(folded)
    joined = side_by_side(folded, names)
    topics = [name for name in joined if name.topic]
    compares = any(one.is_like(other) for one, other in pairwise(topics)) or (
        len(joined) > 1 and asks_who_more(folded)
    )
    return Kind.COMPARISON if compares and kind not in _OF_ONE else kind


def side_by_side(folded: str, names: Sequence[Name]) -> list[Name]:
    """Return the names that stand side by side in a folded question: 「Meta的眼镜跟OPPO那款」."""
    found_at = (
        (at, at + len(spelling), name.shown, name)
        for name in names
        for spelling in name.names
        if (at := folded.find(spelling)) >= 0
    )
    places = sorted(found_at, key=lambda place: place[:3])
    found: dict[str, Name] = {}
    for one, other in pairwise(places):
        if _BETWEEN.fullmatch(folded[one[1] : other[0]]):
            found.update({each[2]: each[3] for each in (one, other)})
    return list(found.values())


def is_strange(text: str, view: View, lexicon: Lexicon) -> bool:
    """Tell whether more than half of what a question speaks of are things no document knows.

    Only nouns count: 「多久之内休掉」 has an unknown verb, and may well go on from 「婚假几天」.
    """
    needs = list(_needs(fold(to_mainland(text)), view, lexicon, text))
    unknown = sum(need.weight for need in needs if need.strange)
    return 2 * unknown > sum(need.weight for need in needs)


def language_of(text: str) -> str:
    """Return "zh", "zh-Hant" (with characters that simplify to others) or "en"."""
    han = len(_HAN.findall(text))
    if han * 2 < len(_LATIN_WORD.findall(text)):
        return "en"
    return "zh-Hant" if simplify(text) != text else "zh"


def _middle(wordings: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the unit vector in the middle of those of a question's wordings."""
    middle = wordings.mean(axis=0)
    unit: npt.NDArray[np.float32] = middle / np.linalg.norm(middle)
    return unit


def _terms(
    text: str, folded: str, needs: Sequence[Need], names: Sequence[Name], view: View
) -> Iterator[str]:
    """Yield search terms: the question's own, then its names' and known synonyms'.

    A word that documents have in another language does not count as unknown, nor do Latin words
    that are no need: nothing tells whether they say anything.
    """
    own = view.segmenter.terms(text)
    unknown, told = set[str](), set[str]()
    for need in needs:
        terms = set(view.segmenter.terms(need.word))
        (told if _is_told(need, view) else unknown).update(terms)
    yield from (
        term
        for term in own
        if view.lexical.knows(term)
        or (term not in told and (term in unknown or not term.isascii()))
    )
    seen = set(own)
    others = [folded, *(name for entry in names for name in entry.names)]
    if language_of(text) == "en":
        others += [word for need in needs for word in sorted(need.alternatives)]
    else:
        others += [word for need in needs for word in sorted(need.alternatives) if word.isascii()]
    for words in others:
        for term in view.segmenter.terms(words):
            if term not in seen and view.lexical.knows(term):
                seen.add(term)
                yield term


def _is_word(folded: str, view: View) -> bool:
    """Tell whether a word is right as it is written."""
    known = view.segmenter.is_word(folded) or view.lexical.knows(folded)
    return known or bool(in_chinese(folded))


def _is_told(need: Need, view: View) -> bool:
    """Tell whether documents have a need's word in the other script."""
    foreign = (word for word in need.alternatives if word.isascii() != need.word.isascii())
    return any(_known(word, view) for word in foreign)


def _needs(folded: str, view: View, lexicon: Lexicon, text: str) -> Iterator[Need]:
    capitals = {fold(word) for word in re.findall(r"\b[A-Z][A-Za-z0-9]+", text)}
    folded = _EXCLUDED.sub(lambda match: " " * len(match.group()), folded)
    rest = list(folded)
    seen: set[str] = set()
    for word, start, end in lexicon.phrases(folded):
        if folded[:start].endswith(APART):
            word, start = folded[start - 1] + word, start - 1
        rest[start:end] = " " * (end - start)
        # 「more than」 has synonyms, and says nothing that evidence must speak of.
        if word not in seen and not (" " in word and FUNCTION_WORDS.issuperset(word.split())):
            seen.add(word)
            yield _need(word, view, lexicon)
    remaining = ASKING.sub(" ", "".join(rest))
    for part in part_numbers(remaining, view.lexical.knows):
        if part not in seen:
            seen.add(part)
            yield _need(part, view, lexicon)
    given = bounds(folded)
    for word in _content_words(remaining, view, lexicon):
        unheard = not view.lexical.knows(word)
        foreign = word.isascii() and word.isalpha() and unheard
        # What lies beyond a bound (「超过1000元」) seldom has the bound's own number.
        numeric = word.isdecimal() or bool(quantities(word))
        bound = (bool(given) and unheard and numeric) or any(_ends(word, each) for each in given)
        if word in seen or bound or (foreign and word not in capitals):
            continue
        seen.add(word)
        yield _need(word, view, lexicon)


def _ends(word: str, bound: Range) -> bool:
    """Tell whether a word is a year that bounds others: 2016 of 「2016年之后」."""
    year = _YEAR.search(word)
    return year is not None and float(year.group()) in (bound.low, bound.high)


def _content_words(remaining: str, view: View, lexicon: Lexicon) -> Iterator[str]:
    parts = set(part_numbers(remaining, view.lexical.knows))
    for word in view.segmenter.words(remaining):
        word = word.strip()
        if not _WORD.search(word) or word in FUNCTION_WORDS or _is_of_part(word, parts):
            continue
        foreign = not view.lexical.knows(word) and len(lexicon.alternatives(word)) == 1
        if len(word) == 1 and (word.isascii() or foreign):
            continue
        yield from _known_pieces(word, view, lexicon) or [word]


def _known_pieces(word: str, view: View, lexicon: Lexicon) -> list[str]:
    """Return the words within a long one that no document has: 家用 of 家用机."""
    if (
        len(word) < _LONG
        or word.isascii()
        or any(_known(each, view) for each in lexicon.alternatives(word))
    ):
        return []
    within = (piece for piece in view.segmenter.terms(word) if piece != word)
    return [piece for piece in within if view.lexical.knows(piece)]


def _is_of_part(word: str, parts: Collection[str]) -> bool:
    """Tell whether a word is a part number, or a piece of one: HM of HM-X3."""
    return word.isascii() and any(squeeze(word) in part for part in parts)


def _need(word: str, view: View, lexicon: Lexicon) -> Need:
    alternatives = lexicon.alternatives(word)
    known = [alternative for alternative in alternatives if _known(alternative, view)]
    weight = min((view.lexical.idf(_rarest(name, view)) for name in known), default=None)
    ceiling = view.lexical.idf("\0")
    share = 1.0 if weight is None else max(0.15, weight / ceiling if ceiling else 1.0)
    if len(word) == 1:
        share *= 0.5
    topic = any(name.topic and word in name.names for name in lexicon.find(word))
    return Need(
        word,
        alternatives,
        share,
        bool(known),
        topic,
        strict=lexicon.is_strict(word),
        strange=not known and view.segmenter.is_noun(word),
        numbered=any(map(str.isdigit, word)),
    )


def _known(word: str, view: View) -> bool:
    return is_known(word, view.segmenter, view.lexical)


def _rarest(word: str, view: View) -> str:
    return max(view.segmenter.terms(word), key=view.lexical.idf)


def share(needs: Sequence[Need], some: Sequence[Need]) -> float:
    """Return the part of some needs' weight that others make up, 0 where there is none."""
    total = sum(need.weight for need in needs)
    return sum(need.weight for need in some) / total if total else 0.0
