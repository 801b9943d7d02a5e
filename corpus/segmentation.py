"""Text to search terms: jieba over folded text, with part numbers kept whole.

A part number is written RK3588, rk 3588, RK-3588 or ＲＫ３５８８; whichever way, its terms meet:
neighbouring runs of letters and digits also count as one term when joined.
"""

import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from corpus.folding import fold

with warnings.catch_warnings():
    # jieba 0.42 has invalid escapes and imports pkg_resources; neither is ours to mend.
    warnings.simplefilter("ignore")
    import jieba

jieba.setLogLevel(logging.WARNING)

BUNDLED_VOCABULARY = Path(__file__).with_name("vocabulary.txt")

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)+%?|(?<![\w.])\d+%", re.ASCII)
_ALNUM_GROUP = re.compile(r"[a-z0-9]+(?:[ \-_][a-z0-9]+)*", re.ASCII)
_ALNUM = re.compile(r"[a-z0-9]+", re.ASCII)
_LETTERS_OR_DIGITS = re.compile(r"[a-z]+|\d+", re.ASCII)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_WORDS = re.compile(r"[^\W_]+")
_LONGEST_JOIN = 4
_COMMON = 100
"""How often jieba's texts must have a word: 云雀 they have 32 times, 车载 137, 健康 5,971."""

STOP_TERMS = frozenset(
    [
        "的",
        "了",
        "是",
        "在",
        "和",
        "与",
        "及",
        "或",
        "也",
        "都",
        "而",
        "吗",
        "呢",
        "吧",
        "啊",
        "呀",
        "嘛",
        "么",
        "请问",
        "一下",
        "什么",
        "哪",
        "哪些",
        "哪个",
        "哪家",
        "多少",
        "怎么",
        "怎样",
        "如何",
        "为什么",
        "为何",
        "谁",
        "几",
        "这",
        "那",
        "其",
        "它",
        "他",
        "她",
        "有",
        "就",
        "被",
        "把",
        "给",
        "让",
        "对",
        "从",
        "到",
        "以",
        "于",
        "由",
        "等",
        "中",
        "上",
        "下",
        "里",
        "个",
        "一个",
        "这个",
        "那个",
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "do",
        "does",
        "did",
        "what",
        "which",
        "who",
        "how",
        "many",
        "much",
        "when",
        "where",
        "why",
        "by",
        "with",
        "it",
        "its",
        "their",
        "they",
        "this",
        "that",
        "from",
        "as",
    ]
)
"""Terms too common to be evidence of anything, folded."""


class Segmenter:
    """jieba with a domain vocabulary.

    Args:
        vocabularies: files of extra words, one a line (`word` or `word = synonym = …`), UTF-8, `#`
            begins a comment. The bundled one is always read.

    """

    def __init__(self, vocabularies: Iterable[Path] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        # jieba's own choice is a fixed name in /tmp, which another user may own.
        self._jieba.tmp_dir = _cache_directory()
        self._jieba.initialize()
        self._words = lru_cache(maxsize=8192)(self._cut)
        self.vocabulary = tuple(
            names for path in (BUNDLED_VOCABULARY, *vocabularies) for names in read_vocabulary(path)
        )
        """The vocabulary's entries: names of the same thing, the one to show first."""
        for name in (name for names in self.vocabulary for name in names):
            self.add_word(name)

    def add_word(self, word: str) -> None:
        """Keep `word` whole from now on, whatever its case, width and script."""
        folded = fold(word).strip()
        if len(folded) > 1 and _HAN.search(folded):
            self._jieba.add_word(folded)
            self._words.cache_clear()

    def is_word(self, folded: str) -> bool:
        """Tell whether jieba's dictionary or the vocabulary has a folded word."""
        return bool(self._jieba.FREQ.get(folded))

    def is_common(self, folded: str) -> bool:
        """Tell whether jieba's dictionary has a folded word as one that is often met."""
        return int(self._jieba.FREQ.get(folded) or 0) >= _COMMON

    def is_noun(self, folded: str) -> bool:
        """Tell whether jieba's dictionary has a folded word as a noun, a name or a place."""
        return _tag_of(folded).startswith("n")

    def terms(self, text: str) -> list[str]:
        """Return the search terms of `text`, folded, in order, with repetitions and overlaps.

        A long word comes with the shorter words inside it (jieba's search mode), a part number with
        its pieces, and a number with its decimals whole.
        """
        return [term for term in self._terms(fold(text)) if term not in STOP_TERMS]

    def words(self, text: str) -> tuple[str, ...]:
        """Return the words of `text`, folded, without overlaps."""
        return self._words(fold(text))

    def _cut(self, folded: str) -> tuple[str, ...]:
        return tuple(word for word in self._jieba.cut(folded, HMM=False) if not word.isspace())

    def _terms(self, folded: str) -> Iterator[str]:
        yield from _NUMBER.findall(folded)
        folded = _NUMBER.sub("\n", folded)
        for match in _ALNUM_GROUP.finditer(folded):
            yield from _alnum_terms(match.group())
        for match in _HAN.finditer(folded):
            yield from self._jieba.cut_for_search(match.group(), HMM=False)
        for match in _WORDS.finditer(folded):
            if not match.group().isascii() and not _HAN.search(match.group()):
                yield match.group()


@lru_cache(maxsize=1024)
def _tag_of(word: str) -> str:
    """Return a word's part of speech in jieba's dictionary, "" if it is not there.

    Looked up in the file: hardly a question needs it, and the table in memory takes 40 MB.
    """
    with jieba.get_dict_file() as file:
        content = file.read()
    line = f"\n{word} ".encode()
    at = content.find(line)
    return (
        content[at + len(line) : content.find(b"\n", at + 1)].split()[-1].decode()
        if at >= 0
        else ""
    )


def _alnum_terms(group: str) -> Iterator[str]:
    """Yield the terms of a run like `ar1 gen1` or `wi-fi`: each piece, and joined neighbours."""
    runs = _ALNUM.findall(group)
    for run in runs:
        yield run
        parts = _LETTERS_OR_DIGITS.findall(run)
        if len(parts) > 1:
            yield from (part for part in parts if len(part) > 1)
    for first in range(len(runs)):
        for last in range(first + 2, min(len(runs), first + _LONGEST_JOIN) + 1):
            joined = "".join(runs[first:last])
            if _is_part_number(joined) or "-" in group:
                yield joined


def _is_part_number(joined: str) -> bool:
    return len(joined) <= 24 and not joined.isdigit() and not joined.isalpha()


def read_vocabulary(path: Path) -> list[tuple[str, ...]]:
    """Read a vocabulary file: one entry a line, names of the same thing joined by `=`.

    Returns:
        The entries' names, the first of each being the one to show.

    """
    entries = []
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        names = [name.strip() for name in line.split("#", 1)[0].split("=")]
        if names := [name for name in names if name]:
            entries.append(tuple(names))
    return entries


def read_words(path: Path) -> frozenset[str]:
    """Return a file's words, which white space separates; lines that begin with # are remarks."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _cache_directory() -> str:
    """Return a directory of this user's own for jieba's prefix dictionary (some 5 MB)."""
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    directory = Path(tempfile.gettempdir()) / f"wenju-jieba-{owner}"
    directory.mkdir(mode=0o700, exist_ok=True)
    return str(directory)
