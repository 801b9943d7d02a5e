"""Names written with a wrong character that sounds right: 晶辰 for 晶晨, 喜玛拉雅 for 喜马拉雅.

pypinyin tells how characters sound; a name is put right only where what stands there is no word of
the dictionary.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from pypinyin import lazy_pinyin

_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_SHORTEST, _LONGEST = 2, 8


class Speller:
    """Puts names right.

    Args:
        names: folded names; those of two to eight Chinese characters count.

    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name for name in names if _HAN_RUN.fullmatch(name)}
        self._by_sound: dict[tuple[str, ...], str] = {}
        for name in sorted(self._names):
            if _SHORTEST <= len(name) <= _LONGEST:
                self._by_sound.setdefault(sound(name), name)

    def correct(self, folded: str, is_word: Callable[[str], bool]) -> str:
        """Return a folded question with misspelt names put right; its length stays the same.

        Args:
            folded: the question.
            is_word: tells words that are right as they are.

        """
        for run in _HAN_RUN.findall(folded):
            folded = folded.replace(run, self._correct_run(run, is_word))
        return folded

    def _correct_run(self, run: str, is_word: Callable[[str], bool]) -> str:
        for length in range(min(_LONGEST, len(run)), _SHORTEST - 1, -1):
            for start in range(len(run) - length + 1):
                written = run[start : start + length]
                name = self._by_sound.get(sound(written))
                if name and name != written and written not in self._names and not is_word(written):
                    before = self._correct_run(run[:start], is_word)
                    return before + name + self._correct_run(run[start + length :], is_word)
        return run


@lru_cache(maxsize=8192)
def sound(written: str) -> tuple[str, ...]:
    """Return the syllables of some Chinese characters, without tones."""
    return tuple(lazy_pinyin(written))
