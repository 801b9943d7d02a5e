"""Names and synonyms: which different words mean the same thing.

Names (瑞芯微 = Rockchip) come from the vocabulary files and from the documents' own headings;
synonyms (营收 = 营业收入) from `qa/synonyms.txt`, everyday words (走人) from `qa/everyday.txt`,
English words (revenue) from `qa/english.txt`.
Everything here is folded.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain
from pathlib import Path

from corpus.folding import fold
from corpus.segmentation import Segmenter, read_vocabulary, read_words
from index.lexical import LexicalIndex
from index.view import View
from qa.aliases import aliases, is_company, short_names
from qa.english import by_stem, english_phrases, in_chinese, in_english
from qa.everyday import unsaid
from qa.naming import NUMBER, coined, introduced, quoted, row_keys
from qa.spelling import Speller

REMEMBERED = 50_000
"""Texts whose names are remembered: some 10 MB."""

SYNONYMS = Path(__file__).with_name("synonyms.txt")
ATTRIBUTES = Path(__file__).with_name("attributes.txt")

_SQUEEZED = re.compile(r"(?<=[a-z0-9])[ \-_]+(?=[a-z0-9])", re.ASCII)
_ALNUM_GROUP = re.compile(r"[a-z0-9]+(?:[ \-_]+[a-z0-9]+)*", re.ASCII)
_PART_NUMBER = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d)[a-z0-9]{2,20}", re.ASCII)
_NUMBER = r"[\d一二三四五六七八九十]+"
_HEADING_NUMBER = re.compile(rf"^(?:第?{_NUMBER}[章节部篇]?[、.:： ]\s*|[（(]{_NUMBER}[)）]\s*)+")
_JOINED = re.compile(r"\s*[与和及、&]\s*")
_HEADING_MEMBER = re.compile(
    rf"(?P<number>{NUMBER})[：:、,， ]\s*(?P<name>[^：:，,。；;（(]{{2,16}})"
)
_NUMBERED = 3
"""Characters of a word that is a name because a text introduces it with a number."""
_HEADING_NAME = re.compile(r"^[^：:（(，,。？?！!—|]{2,16}(?=[：:（(—])")


@dataclass(frozen=True, slots=True)
class Name:
    """Something that a text can be about, under all its names.

    Attributes:
        shown: the name to show.
        names: all names, folded, longest first.
        beside: headings over the sections that are about it, judged by a heading that begins with
            its name; things under the same heading are of one class. Empty if there is none.
        coined: whether the documents' words alone tell that it is a name.
        introduced: whether a text numbers it among others and goes on about it.

    """

    shown: str
    names: tuple[str, ...]
    beside: frozenset[tuple[str, ...]] = frozenset()
    coined: bool = False
    introduced: bool = False

    @property
    def topic(self) -> bool:
        """Whether some section, or what comes after its introduction, is about it."""
        return bool(self.beside) or self.introduced

    def is_like(self, other: "Name") -> bool:
        """Tell whether both are topics of one class: two companies, each with its section."""
        return bool(self.beside & other.beside) or (self.introduced and other.introduced)

    def overlaps(self, other: "Name") -> bool:
        """Tell whether one's name is in the other's: 沂安 and 沂安分公司 may be the same."""
        return any(one in two or two in one for one in self.names for two in other.names)


class Lexicon:
    """What is known about words, for one set of documents.

    Args:
        vocabulary: entries of the vocabulary files, see `corpus.segmentation.read_vocabulary`.
        headings: all headings of the documents, as paths from the outermost one down.
        coined: names that the documents use and neither of those has, folded.
        everyday: everyday words with the written ones for them, folded.
        english: the documents' English words, in all their forms, by stem.
        known: tells whether documents have a folded name.
        introduced: those of the coined names that a text introduces with a number, as written.

    """

    def __init__(
        self,
        vocabulary: Iterable[tuple[str, ...]] = (),
        headings: Collection[tuple[str, ...]] = (),
        coined: Iterable[str] = (),
        everyday: Mapping[str, Sequence[str]] | None = None,
        english: Mapping[str, Sequence[str]] | None = None,
        known: Callable[[str], bool] = lambda name: True,
        introduced: Mapping[str, str] | None = None,
    ) -> None:
        self._entries = tuple(vocabulary)
        self._headings = tuple(headings)
        self._coined = tuple(coined)
        self.everyday = everyday or {}
        self._english = english or {}
        self._known = known
        self._introduced = introduced or {}
        self._groups = [
            tuple(fold(name) for name in names)
            for names in (*read_vocabulary(SYNONYMS), *self._entries)
        ]

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """All names, from the vocabularies and the headings."""
        leading: dict[str, str] = {}
        beside: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        coined = frozenset(self._coined)
        for *above, heading in sorted(self._headings):
            for name in heading_names(heading, coined):
                leading[fold(name)] = name
                beside[fold(name)].add(tuple(above))
        found = []
        for names in self._entries:
            folded = sorted({fold(name) for name in names}, key=len, reverse=True)
            groups = {group for name in folded for group in beside[name]}
            for name in folded:
                leading.pop(name, None)
            found.append(Name(names[0], tuple(folded), frozenset(groups)))
        found.extend(
            Name(shown, _spellings(folded), frozenset(beside[folded]))
            for folded, shown in leading.items()
        )
        known = {name for entry in found for name in entry.names}
        found.extend(
            Name(
                self._introduced.get(name, name),
                _spellings(name),
                coined=True,
                introduced=name in self._introduced,
            )
            for name in self._coined
            if name not in known
        )
        return tuple(found)

    @cached_property
    def speller(self) -> Speller:
        """Puts misspelt names right."""
        # Coined names are too like each other (一号站, 二号站) for one to be put for another.
        # Nor is one meant that no document has: 栎芯 is not 瑞芯 where there is no 瑞芯.
        coined = set(self._coined)
        told = [entry for entry in self.names if any(map(self._known, entry.names))]
        return Speller(name for entry in told for name in entry.names if name not in coined)

    @cached_property
    def _by_name(self) -> dict[str, Name]:
        return {name: entry for entry in reversed(self.names) for name in entry.names}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = sorted(self._by_name, key=len, reverse=True)
        return re.compile("|".join(_bounded(name) for name in names) or r"(?!)")

    @cached_property
    def _alternatives(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for group in self._groups:
            for word in group:
                found.setdefault(word, set()).update(group)
        return {word: frozenset(words) for word, words in found.items()}

    @cached_property
    def _strict(self) -> frozenset[str]:
        named = read_words(ATTRIBUTES)
        groups = (names for names in read_vocabulary(SYNONYMS) if names[0] in named)
        return frozenset(fold(word) for names in groups for word in names)

    def is_strict(self, word: str) -> bool:
        """Tell whether a folded word asks for something that few other words say."""
        return word in self._strict

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        # A single character is part of too many other words; segmentation tells it apart.
        known = {*self._alternatives, *self._coined, *self.everyday}
        words = sorted((word for word in known if len(word) > 1), key=len, reverse=True)
        return re.compile("|".join(_bounded(word) for word in words) or r"(?!)")

    def find(self, folded: str) -> tuple[Name, ...]:
        """Return the names that occur in a folded text, in order, each once."""
        return self._find(folded)

    @cached_property
    def _find(self) -> Callable[[str], tuple[Name, ...]]:
        # A library's sentences are looked through again with every question.
        @lru_cache(maxsize=REMEMBERED)
        def find(folded: str) -> tuple[Name, ...]:
            found = (self._by_name[match.group()] for match in self._pattern.finditer(folded))
            return tuple(dict.fromkeys(found))

        return find

    def introduced(self, folded: str) -> tuple[Name, ...]:
        """Return the one thing that a folded sentence introduces with a number, if it is a name."""
        return self._introduces(folded) if self._introduced else ()

    @cached_property
    def _introduces(self) -> Callable[[str], tuple[Name, ...]]:
        @lru_cache(maxsize=REMEMBERED)
        def introduces(folded: str) -> tuple[Name, ...]:
            found = [self._by_name[name] for name in introduced(folded) if name in self._by_name]
            return tuple(found) if len(found) == 1 and found[0].introduced else ()

        return introduces

    def phrases(self, folded: str) -> list[tuple[str, int, int]]:
        """Return the known words and phrases in a folded text with their ranges, longest first.

        English ones of the glossary only where no other is.
        """
        found = [(m.group(), m.start(), m.end()) for m in self._phrases.finditer(folded)]
        taken = {place for _, start, end in found for place in range(start, end)}
        for phrase, start in english_phrases(folded):
            free = taken.isdisjoint(range(start, start + len(phrase)))
            if free and not FUNCTION_WORDS.issuperset(phrase.split()):
                found.append((phrase, start, start + len(phrase)))
        return found

    def alternatives(self, word: str) -> frozenset[str]:
        """Return the words that mean the same as a folded word, itself included.

        Of an English word the Chinese ones, of a Chinese word the English ones that documents have.
        """
        written = (word, *self.everyday.get(word, ()), *in_chinese(word)[:1])
        same = frozenset({word}).union(
            *(self._alternatives.get(each, frozenset({each})) for each in written)
        )
        foreign = {english for each in same for english in in_english(each, self._english)}
        return same.union(in_chinese(word), foreign)


FUNCTION_WORDS = read_words(Path(__file__).with_name("function_words.txt"))
"""Words that say nothing of what a text is about, folded."""


def lexicon_of(view: View) -> Lexicon:
    """Return the names and synonyms for a library, made once a generation."""

    def make() -> Lexicon:
        headings, texts = view.headings(), view.texts()
        numbered = {name: shown for text in texts for name, shown in introduced(text).items()}
        coined = frozenset(_coined(view, texts, numbered))
        named = {name for path in headings for name in heading_names(path[-1], coined)}
        told = [
            *aliases([*texts, *map("/".join, headings)], view.segmenter.words),
            *short_names(sorted(named), view.segmenter, "\n".join(texts)),
        ]
        entries = with_aliases(view.segmenter.vocabulary, told)
        known = view.lexical
        english = by_stem(known.words())
        has = partial(is_known, segmenter=view.segmenter, lexical=known)
        everyday = unsaid(known.knows)
        return Lexicon(entries, headings, sorted(coined), everyday, english, has, numbered)

    return view.remember("lexicon", make)


def is_known(word: str, segmenter: Segmenter, lexical: LexicalIndex) -> bool:
    """Tell whether documents have a folded word, or all its terms."""
    terms = segmenter.terms(word)
    # HM-X3 has other parts than hmx3, which people write, too.
    return lexical.knows(word) or (bool(terms) and all(map(lexical.knows, terms)))


def _coined(view: View, texts: Sequence[str], numbered: Iterable[str]) -> Iterator[str]:
    """Return the names that documents' texts give to things of their own."""
    folded, segmenter = [fold(text) for text in texts], view.segmenter
    told = (
        *coined(folded, segmenter.words, segmenter.is_word, FUNCTION_WORDS),
        *quoted(folded),
        *row_keys(view.row_beginnings()),
    )
    unheard = (name for name in told if not segmenter.is_word(name))
    # 「第一种是集中式」 makes even a word of the dictionary a name, if not one as short as 现金.
    return chain(unheard, (name for name in numbered if len(name) >= _NUMBERED))


def with_aliases(
    vocabulary: Iterable[tuple[str, ...]], told: Iterable[tuple[str, str]]
) -> list[tuple[str, ...]]:
    """Return the vocabulary's entries with pairs of names added.

    A pair goes to the entry that has one of the two, or becomes one of its own.
    """
    entries = [list(names) for names in vocabulary]
    place = {fold(name): n for n, names in enumerate(entries) for name in names}
    for pair in told:
        known = [place[fold(name)] for name in pair if fold(name) in place]
        if len(known) == len(pair):
            # Both are known: as names of one thing, or of two that a text puts side by side.
            continue
        if not known:
            known = [len(entries)]
            entries.append([])
        for name in pair:
            if fold(name) not in place:
                entries[known[0]].append(name)
                place[fold(name)] = known[0]
    return [tuple(names) for names in entries]


def part_numbers(folded: str, known: Callable[[str], bool]) -> list[str]:
    """Return the part numbers in a folded text (letters with digits), spaces and hyphens removed.

    Letters and digits written apart (`rk 3588`) are one only where `known` says that the documents
    have them so joined: `in 2025` is none.
    """
    found: list[str] = []
    for group in _ALNUM_GROUP.findall(folded):
        runs = re.split(r"[ \-_]+", group)
        first = 0
        while first < len(runs):
            last = next(
                (n for n in range(len(runs), first, -1) if _is_part(runs[first:n], known)), 0
            )
            if last:
                found.append("".join(runs[first:last]))
            first = max(last, first + 1)
    return list(dict.fromkeys(found))


def _is_part(runs: Sequence[str], known: Callable[[str], bool]) -> bool:
    joined = "".join(runs)
    return bool(_PART_NUMBER.fullmatch(joined)) and (len(runs) == 1 or known(joined))


def _spellings(name: str) -> tuple[str, ...]:
    """Return a name as it is written, and without spaces: soc + mcu, soc+mcu."""
    return tuple(dict.fromkeys((name, name.replace(" ", ""))))


def squeeze(folded: str) -> str:
    """Remove spaces and hyphens inside part numbers: `rk 3588`, `rk-3588` → `rk3588`."""
    return _SQUEEZED.sub("", folded)


def heading_names(heading: str, coined: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names that a heading begins with: 瑞芯微 of 「瑞芯微：全能型选手」.

    A heading that is one of the `coined` names (folded) and nothing else is a name, too. Two
    companies joined (「钧曜电池与烁原新能：…」) are two names, and so are a number and what it
    introduces (「方案三：SoC + MCU」).
    """
    bare = _HEADING_NUMBER.sub("", heading).strip()
    if fold(bare) in coined:
        return (bare,)
    if match := _HEADING_MEMBER.fullmatch(bare):
        return (match["name"], match["number"])
    if not (match := _HEADING_NAME.match(bare)):
        return ()
    name = match.group().strip()
    parts = _JOINED.split(name)
    apart = len(parts) > 1 and all(fold(part) in coined or is_company(part) for part in parts)
    return tuple(parts) if apart else (name,)


def _bounded(name: str) -> str:
    """Return a pattern for a name; a Latin one must stand alone among letters and digits."""
    pattern = re.escape(name)
    if re.match(r"[a-z0-9]", name):
        pattern = rf"(?<![a-z0-9]){pattern}"
    if re.search(r"[a-z0-9]$", name):
        pattern = rf"{pattern}(?![a-z0-9])"
    return pattern
