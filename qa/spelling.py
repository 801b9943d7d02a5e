"""Names written wrong: 晶辰 for 晶晨, 中科蓝汛 for 中科蓝讯, Rockchp for Rockchip.

A character may be wrong by sound (pypinyin tells how characters sound) or, in names of three
characters and more, by shape; a Latin name by a letter or two (rapidfuzz). A name is put right only
where what stands there is no word of the dictionary.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process

_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LATIN_RUN = re.compile(r"(?<![a-z0-9])[a-z]{5,}(?![a-z0-9])")
_SHORTEST, _LONGEST = 2, 8
_SHORTEST_BY_SHAPE = 3
_NUMERALS = "〇零一二三四五六七八九十百两"
"""Another character in the place of one of these is none written wrong: 方案一, 方案的."""
_ALIKE = 84.0
"""Ratio (of 100) from which two Latin words are the same, written differently."""


class Speller:
    """Puts names right.

    Args:
        names: folded names; those of two to eight Chinese characters, and Latin words, count.

    """

    def __init__(self, names: Iterable[str]) -> None:
        every = sorted(names)
        self._names = {name for name in every if _HAN_RUN.fullmatch(name)}
        self._latin = [name for name in every if _LATIN_RUN.fullmatch(name)]
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._by_shape: dict[str, str] = {}
        for name in sorted(self._names):
            if _SHORTEST <= len(name) <= _LONGEST:
                self._by_sound.setdefault(sound(name), name)
            if _SHORTEST_BY_SHAPE <= len(name) <= _LONGEST:
                for place, pattern in enumerate(_with_a_gap(name)):
                    if name[place] not in _NUMERALS:
                        self._by_shape.setdefault(pattern, name)

    def correct(self, folded: str, is_word: Callable[[str], bool]) -> str:
        """Return a folded question with misspelt names put right.

        Args:
            folded: the question.
            is_word: tells words that are right as they are.

        """
        for run in _HAN_RUN.findall(folded):
            folded = folded.replace(run, self._correct_run(run, is_word))
        return _LATIN_RUN.sub(lambda match: self._latin_name(match.group(), is_word), folded)

    def _correct_run(self, run: str, is_word: Callable[[str], bool]) -> str:
        for length in range(min(_LONGEST, len(run)), _SHORTEST - 1, -1):
            for start in range(len(run) - length + 1):
                written = run[start : start + length]
                if written in self._names or is_word(written):
                    continue
                name = self._by_sound.get(sound(written)) or self._by_gap(
                    run, start, length, is_word
                )
                if name:
                    before = self._correct_run(run[:start], is_word)
                    return before + name + self._correct_run(run[start + length :], is_word)
        return run

    def _by_gap(
        self, run: str, start: int, length: int, is_word: Callable[[str], bool]
    ) -> str | None:
        """Return the name that differs in one character, unless that one belongs to a word.

        Nor where it stands beside one: 「后利润」 is not 净利润.
        """
        last = start + length - 1
        if length < _SHORTEST_BY_SHAPE:
            return None
        for at, pattern in enumerate(_with_a_gap(run[start : start + length]), start):
            name = self._by_shape.get(pattern)
            pairs = (run[max(0, at - 1) : at + 1], run[at : at + 2])
            beside = {start: run[start + 1 : last + 1], last: run[start:last]}.get(at, "")
            if name and not any(len(word) > 1 and is_word(word) for word in (*pairs, beside)):
                return name
        return None

    def _latin_name(self, written: str, is_word: Callable[[str], bool]) -> str:
        if is_word(written) or written in self._latin:
            return written
        found = process.extractOne(written, self._latin, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return str(found[0]) if found else written


def _with_a_gap(word: str) -> Iterator[str]:
    return (f"{word[:place]}?{word[place + 1 :]}" for place in range(len(word)))


@lru_cache(maxsize=8192)
def sound(written: str) -> tuple[str, ...]:
    """Return the syllables of some Chinese characters, without tones."""
    return tuple(lazy_pinyin(written))
