import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from qa.lexicon import lexicon_of
from qa.question import Question, understand
from qa.trimming import ROOM, WIDE, quote_range


@pytest.fixture(scope="module")
def question(library: Library) -> Question:
    with library.view() as view:
        return understand("瑞芯微预计2025年营业收入是多少", view, lexicon_of(view))


def test_short_sentences_stay_whole(question: Question) -> None:
    text = "瑞芯微预计营业收入为43.87亿元。"
    assert quote_range(text, question) == (0, len(text))


def test_long_sentences_keep_the_clause_that_answers(question: Question) -> None:
    before = "某公司介绍了许多与业绩没有关系的事情，" * 6
    answer = "瑞芯微预计2025年营业收入为43.87亿元至44.27亿元"
    text = f"{before}{answer}，{before}"
    start, end = quote_range(text, question)
    assert answer in text[start:end]
    assert end - start <= WIDE


@given(st.text(alphabet="瑞芯微营收，,；、。（）()《》“” 2.51亿元年", max_size=400))
def test_ranges_lie_inside_and_are_not_empty(question: Question, text: str) -> None:
    start, end = quote_range(text, question)
    assert 0 <= start <= end <= len(text)
    if text.strip(" ，,；;：:、—"):
        assert start < end


@given(
    st.lists(st.sampled_from(["营收2.51亿元", "增长1,200台", "瑞芯微"]), min_size=8, max_size=40)
)
def test_numbers_are_never_cut(question: Question, clauses: list[str]) -> None:
    text = "，".join(clauses)
    start, end = quote_range(text, dataclasses.replace(question), ROOM)
    assert text[start:end].split("，")[0] in clauses
    assert text[start:end].split("，")[-1] in clauses
