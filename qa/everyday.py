"""Everyday words, and the written ones that documents have for them: 走人 for 离职."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from corpus.folding import fold
from corpus.segmentation import read_vocabulary

EVERYDAY = Path(__file__).with_name("everyday.txt")


@cache
def everyday_words() -> Mapping[str, tuple[str, ...]]:
    """Return all everyday words, folded, each with the written ones for it."""
    found: dict[str, list[str]] = {}
    for written, *words in read_vocabulary(EVERYDAY):
        for word in words:
            found.setdefault(fold(word), []).append(fold(written))
    return {word: tuple(written) for word, written in found.items()}


def unsaid(knows: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    """Return the everyday words that the documents do not have; those they have, they mean."""
    return {word: written for word, written in everyday_words().items() if not knows(word)}


def written(folded: str, words: Mapping[str, Sequence[str]], known: Callable[[str], bool]) -> str:
    """Return a folded text with the first written word that is known in each everyday one's place.

    Args:
        folded: a question.
        words: everyday words with their written ones.
        known: tells whether the documents have a written word.

    """
    put: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        word = next((word for word in words[match.group()] if known(word)), match.group())
        again = word in put
        put.add(word)
        return "" if again else word

    return pattern(frozenset(words)).sub(replaced, folded) if words else folded


@cache
def pattern(words: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds the longest of some words."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
