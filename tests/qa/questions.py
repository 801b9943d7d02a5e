"""Questions of any kind, made up at random, and what must hold of their answers."""

from collections.abc import Sequence

from hypothesis import strategies as st

from corpus.errors import InvalidInput
from index.view import View
from qa.answer import Answer, Turn
from qa.ask import MAX_QUESTION, ask
from qa.reader import Reader
from qa.search import search
from service.questions import clean, clean_question

_SIGNS = "的是有多少哪些，。？！（）()[]{}*+\\|^$「」〈〉一二1234年%￥ \n\t\u200b\u0301"
_NAMES = ("瑞芯微", "全志", "AI眼镜", "2025年", "RK3588", "Bluetrum", "乐鑫", "炬芯科技")
_ASKING = (
    "预计营收多少",
    "有哪些",
    "和",
    "比",
    "哪家",
    "第二个呢",
    "那它的",
    "最后一个",
    "不是",
    "除了",
)
_ODD = (
    *("\u202e", "\ufeff", "\ud800", "\0", "e\u0301" * 9, "👩\u200d🔬", "㍿", "ﬃ", "𠮷", "①", "Ⅻ"),
    *(
        "１２３",
        "٣",
        "½",
        "10^9",
        "1e999",
        "-0",
        "9" * 40,
        "२०२५年",
        "İ",
        "ß",
        "ſ",
        "\u1160",
        "晶片",
    ),
    *(
        "？",
        "?" * 30,
        "(",
        "*",
        "\\",
        "[1]",
        "%",
        "亿",
        "万亿",
        "零",
        "两",
        "RK-",
        "-",
        ".",
        "a" * 80,
    ),
)
STRINGS = st.one_of(
    st.text(max_size=MAX_QUESTION),
    st.text(_SIGNS, max_size=200),
    st.lists(st.sampled_from(_NAMES + _ASKING + _ODD), max_size=12).map("".join),
    st.sampled_from(_NAMES).flatmap(
        lambda name: st.text(max_size=40).map(lambda rest: name + rest)
    ),
)
"""Anything a person, a program or an attacker might type."""
HISTORIES = st.lists(STRINGS, max_size=4)
"""What was said before, the asker's turn first."""


def check_question(
    view: View, question: str, history: Sequence[str] = (), reader: Reader | None = None
) -> bool:
    """Ask and search as the door does; assert what every answer promises.

    Returns whether it was answered with a quote.
    """
    turns = [Turn(("user", "assistant")[n % 2], clean(text)) for n, text in enumerate(history)]
    try:
        asked = clean_question(question)
        answer = ask(view, asked, turns, reader=reader)
    except InvalidInput as error:
        field = error.field
    else:
        return _check_answer(view, asked, answer)
    assert field == "question"
    return False


def _check_answer(view: View, asked: str, answer: Answer) -> bool:
    assert 0.0 <= answer.confidence <= 1.0
    assert answer.text.encode("utf-8")
    assert answer.question_used.encode("utf-8")
    assert answer.answerable == (answer.reason is None) == bool(answer.citations)
    for citation in answer.citations:
        text = view.document(citation.document).text
        assert citation.quote == text[citation.start : citation.end] != ""
        assert f"[{citation.marker}]" in answer.text
    for hit in search(view, asked, 3):
        text = view.document(hit.document).text
        assert hit.text == text[hit.start : hit.end]
        for start, end in hit.highlights:
            assert hit.start <= start < end <= hit.end
    return answer.answerable
