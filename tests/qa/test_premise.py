"""Premises put wrong: which are noticed, and that what is right is left alone."""

from collections.abc import Callable

import pytest

from index.library import Library
from qa.answer import Answer
from qa.ask import ask
from qa.evidence import candidates
from qa.lexicon import lexicon_of
from qa.premise import misplaced
from qa.question import understand

TEXT = """# 厂商

## 甲厂：电池

甲厂的电池型号是ZX-900，采用三元材料，2024年出货三百万只。

## 乙厂：电机

乙厂的电机型号是MD-20，效率为96%。乙厂与甲厂都在杭州，都用HB7接口。
"""


@pytest.fixture(scope="module")
def library(library_of: Callable[[str], Library]) -> Library:
    return library_of(TEXT)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("乙厂的ZX-900出货多少？", ("ZX900", "甲厂", "乙厂")),
        ("甲厂的 md 20 效率是多少？", ("MD20", "乙厂", "甲厂")),
        ("甲厂的ZX-900出货多少？", None),
        # Both have it.
        ("甲厂用HB7接口吗？", None),
        # Nobody has it.
        ("甲厂的QQ-77多少钱？", None),
        ("ZX-900出货多少？", None),
    ],
)
def test_a_thing_credited_to_the_wrong_subject(
    library: Library, question: str, expected: tuple[str, str, str] | None
) -> None:
    with library.view() as view:
        lexicon = lexicon_of(view)
        understood = understand(question, view, lexicon)
        found = misplaced(understood, candidates(understood, view, lexicon))
    assert (found and (found.thing, found.owner, found.asked)) == expected


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("乙厂的ZX-900出货多少？", "ZX900说的是甲厂"),
        ("乙廠的ZX-900出貨多少？", "ZX900說的是甲厂"),
        ("How many ZX-900 did 乙厂 ship?", "ZX900 is about 甲厂"),
    ],
)
def test_a_refusal_says_whose_it_is(library: Library, question: str, words: str) -> None:
    with library.view() as view:
        answer: Answer = ask(view, question)
    assert not answer.answerable
    assert answer.citations == ()
    assert words in answer.text
