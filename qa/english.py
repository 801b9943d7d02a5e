"""English words and the Chinese ones for them: a question in the one finds words of the other."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from snowballstemmer import stemmer

from corpus.folding import fold
from corpus.segmentation import read_vocabulary

GLOSSARY = Path(__file__).with_name("english.txt")

Stems = tuple[str, ...]

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?", re.ASCII)
_POSSESSIVE = re.compile(r"['’]s?$")


@cache
def stem(word: str) -> str:
    """Return an English word's stem (Porter 2), the same for all its regular forms."""
    return str(stemmer("english").stemWord(_POSSESSIVE.sub("", word)))


def _stems(phrase: str) -> Stems:
    return tuple(stem(word) for word in _WORD.findall(phrase))


@cache
def glossary() -> Mapping[Stems, tuple[str, ...]]:
    """Return English words and phrases, as stems, each with the Chinese words for it."""
    found: defaultdict[Stems, dict[str, None]] = defaultdict(dict)
    for english, chinese in read_vocabulary(GLOSSARY):
        found[_stems(english)].update(dict.fromkeys(map(fold, chinese.split())))
    return {stems: tuple(words) for stems, words in found.items()}


@cache
def _backwards() -> Mapping[str, tuple[Stems, ...]]:
    found: defaultdict[str, list[Stems]] = defaultdict(list)
    for stems, words in glossary().items():
        for word in words:
            found[word].append(stems)
    return {word: tuple(every) for word, every in found.items()}


@cache
def _longest() -> int:
    return max(map(len, glossary()))


def english_phrases(folded: str) -> Iterator[tuple[str, int]]:
    """Yield the words and phrases of a folded text that the glossary has, with where they begin.

    Of phrases that overlap the longest counts: "supply chain", not "supply" and "chain".
    """
    words = list(_WORD.finditer(folded))
    stems = [stem(match.group()) for match in words]
    place = 0
    while place < len(words):
        sizes = range(min(_longest(), len(words) - place), 0, -1)
        size = next((n for n in sizes if tuple(stems[place : place + n]) in glossary()), 0)
        if size:
            begin, end = words[place].start(), words[place + size - 1].end()
            yield folded[begin:end], begin
        place += max(size, 1)


def in_chinese(phrase: str) -> tuple[str, ...]:
    """Return the Chinese words for a folded English word or phrase in any of its forms."""
    return glossary().get(_stems(phrase), ())


def in_english(word: str, forms: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the English words for a folded one, in the forms that documents have.

    Args:
        word: a Chinese word, or an English one in any form.
        forms: the documents' English words by their stems, see `by_stem`.

    """
    own = _stems(word)
    for stems in (own,) if own else _backwards().get(word, ()):
        if all(each in forms for each in stems):
            *before, last = (sorted(forms[each], key=len) for each in stems)
            yield from (" ".join([*(each[0] for each in before), form]) for form in last)


def by_stem(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the English words among some words by their stems."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) > 1 and _WORD.fullmatch(word):
            found[stem(word)].append(word)
    return {root: tuple(every) for root, every in found.items()}
