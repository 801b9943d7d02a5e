import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InvalidInput
from index.library import Library
from qa.kinds import Kind
from qa.lexicon import lexicon_of
from qa.question import MAX_QUESTION, Question, clean, language_of, understand


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x01\x1f", "？？！", "\u200b"])
def test_nothing_asked(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(text)
    assert caught.value.field == "question"


def test_too_long() -> None:
    with pytest.raises(InvalidInput, match=str(MAX_QUESTION)):
        clean("问" * (MAX_QUESTION + 1))


def test_control_characters_go() -> None:
    assert clean("瑞芯\x00微\t的\r\n客户") == "瑞芯微 的 客户"


@given(st.text(max_size=300))
def test_cleaned_questions_have_no_control_characters(text: str) -> None:
    try:
        cleaned = clean(text)
    except InvalidInput:
        return
    assert cleaned.isprintable()
    assert cleaned == cleaned.strip()
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("瑞芯微的客户", "zh"),
        ("瑞芯微的客戶", "zh-Hant"),
        ("Who are the customers of 瑞芯微 in Japan", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def understood(library: Library, text: str) -> Question:
    with library.view() as view:
        return understand(text, view, lexicon_of(view))


def test_understands_names_years_and_parts(library: Library) -> None:
    question = understood(library, "Rockchip 的 RK-3588 在2025年卖了多少颗？")
    assert question.kind is Kind.COUNT
    assert [name.shown for name in question.names] == ["瑞芯微"]
    assert question.parts == ("rk3588",)
    assert question.years == ("2025",)
    assert question.vector.shape == (384,)


def test_what_is_excluded_is_no_need(library: Library) -> None:
    words = {need.word for need in understood(library, "蓝讯的营收是多少，不是扣非净利润").needs}
    assert "营收" in words
    assert not any("扣非" in word for word in words)


def test_unknown_words_are_told(library: Library) -> None:
    known = {need.word: need.known for need in understood(library, "晶晨股份的董事长").needs}
    assert known["晶晨股份"]
    assert not known["董事长"]


def test_a_misspelt_name_is_understood(library: Library) -> None:
    assert [n.shown for n in understood(library, "晶辰股份的客户").names] == ["晶晨股份"]
