"""Words that exclude each other: 下半年 is not 上半年, nor 二期 一期.

Groups stand in `qa/opposites.txt`; members of a series are told by their numbers.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from corpus.folding import fold
from qa.ranges import numeral_value

REMEMBERED = 64
"""Questions; each is held against every sentence."""
PATH = Path(__file__).with_name("opposites.txt")

_SERIES = re.compile(
    # 「新一代」, 「下一轮」 and 「有一批」 are no first ones.
    r"(?<![新下上老这那某每有近同])"
    r"(?P<number>[一二三四五六七八九十]+|(?<![0-9.])[0-9]+(?:\.[0-9]+)?|(?<![a-z])[a-f])"
    r"(?P<of>期(?![间限待末货])|季度|版(?!本|权|块)|批(?!准|发|量)|代(?!表|理|码|价)|届|轮(?!胎|换))"
)

_Member = tuple[str, ...]


@cache
def groups() -> tuple[tuple[_Member, ...], ...]:
    """Return the groups of `qa/opposites.txt`: members, each with its spellings, folded."""
    lines = PATH.read_text("utf-8").splitlines()
    told = (line for line in lines if line and not line.startswith("#"))
    return tuple(
        tuple(
            tuple(spelling.replace("_", " ") for spelling in member.split("/")) for member in each
        )
        for each in (fold(line).split() for line in told)
    )


def opposes(question: str, folded: str) -> bool:
    """Tell whether a folded text has the opposite of what a folded question has, and not that."""
    pairs, numbers = _asked(question)
    if any(_has(folded, others) and not _has(folded, own) for own, others in pairs):
        return True
    return bool(numbers) and _is_of_another(numbers, _of_series(folded))


@lru_cache(maxsize=REMEMBERED)
def _asked(question: str) -> tuple[list[tuple[_Member, _Member]], dict[str, set[str]]]:
    """Return of what a question has an opposite: its spellings and the others', and its numbers."""
    pairs = []
    for group in groups():
        had = [member for member in group if _has(question, member)]
        if len(had) == 1:
            others = (spelling for member in group if member is not had[0] for spelling in member)
            pairs.append((had[0], tuple(others)))
    return pairs, _of_series(question)


def _has(text: str, member: _Member) -> bool:
    return any(spelling in text for spelling in member)


def _of_series(text: str) -> dict[str, set[str]]:
    """Return the numbers of each series that a text has: {"期": {"2.0"}} of 「二期工厂」."""
    found: dict[str, set[str]] = {}
    for match in _SERIES.finditer(text):
        number = match["number"]
        lettered = number.isascii() and number.isalpha()
        value = number if lettered else str(numeral_value(number))
        found.setdefault(match["of"], set()).add(value)
    return found


def _is_of_another(asked: dict[str, set[str]], told: dict[str, set[str]]) -> bool:
    """Tell whether a text has numbers of a series that is asked about, and none of those asked."""
    return any(of in told and not numbers & told[of] for of, numbers in asked.items())
