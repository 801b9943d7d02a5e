"""Evidence is read only where words and similarity leave a doubt."""

from collections.abc import Callable

import pytest

from index.encoder import Encoder
from index.library import Library
from qa.evidence import candidates
from qa.lexicon import lexicon_of
from qa.question import understand
from qa.reader import Reader
from qa.refusal import is_settled

TEXT = """# 北岭制药厂

北岭制药厂建于1983年，厂址在青浦镇。厂长是王刚，他在2015年上任。
2024年全厂生产胶囊三百万粒，比上年多两成。增长的原因是新生产线在三月投产。

# 食堂

食堂早上六点半开门，晚上八点关门。早饭免费，午饭每人自付八元。
"""
PLAIN = "北岭制药厂建于哪一年？"
ELSEWHERE = "怎样给吉他换弦？"
IN_OTHER_WORDS = "中午吃饭自己要掏几块钱"


@pytest.fixture(scope="module")
def library(library_of: Callable[[str], Library]) -> Library:
    return library_of(TEXT)


@pytest.fixture(scope="module")
def reader(encoder: Encoder) -> Reader:
    return Reader(encoder)


@pytest.mark.parametrize(
    ("question", "settled"), [(PLAIN, True), (ELSEWHERE, True), (IN_OTHER_WORDS, False)]
)
def test_only_what_is_in_doubt_is_read(
    library: Library, reader: Reader, question: str, settled: bool
) -> None:
    with library.view() as view:
        lexicon = lexicon_of(view)
        understood = understand(question, view, lexicon)
        without = candidates(understood, view, lexicon)
        found = candidates(understood, view, lexicon, reader=reader)
    assert is_settled(understood, without) is settled
    assert found[0].was_read is not settled
    if settled:
        assert [c.score for c in found] == [c.score for c in without]
