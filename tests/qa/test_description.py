"""Companies that a question describes: which are named, and which are left as they are."""

from collections.abc import Callable

import pytest

from index.library import Library
from qa.answer import Turn
from qa.ask import ask
from qa.description import with_name
from qa.lexicon import lexicon_of

TEXT = """# 港口设备商

## 磐臂重工：岸桥

磐臂重工总部设在铁山市，制造岸桥和门吊。公司现任董事长是周砚。尾款在质保期满后付清。

## 驭川智能：无人车

驭川智能位于江潭市，生产无人集卡。公司由祝青岩创立，2024年净亏损1.1亿元。

## 灵泊软件：系统

灵泊软件在望北市，为码头写操作软件。公司的技术总监是耿大川，员工530人。

## 两家没有上市

磐臂重工和驭川智能都还没有上市的打算。
"""


@pytest.fixture(scope="module")
def library(library_of: Callable[[str], Library]) -> Library:
    return library_of(TEXT)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("铁山那家的董事长是谁", "磐臂重工的董事长是谁"),
        ("做无人集卡的那家，谁创立的？", "驭川智能，谁创立的？"),
        ("那家写码头操作软件的公司有多少人？", "灵泊软件有多少人？"),
        ("望北市那家软件企业的技术总监是谁", "灵泊软件的技术总监是谁"),
        ("望北市那間公司的技術總監是誰", "灵泊软件的技術總監是誰"),
        # What comes before the description stays.
        ("2024年赔了1.1亿元的，是不是江潭那家公司？", "2024年赔了1.1亿元的，是不是驭川智能？"),
        ("Who chairs the 岸桥 maker?", "Who chairs 磐臂重工?"),
        ("What is the 岸桥 maker's name?", "What is 磐臂重工's name?"),
    ],
)
def test_a_description_gives_way_to_the_name(library: Library, question: str, named: str) -> None:
    with library.view() as view:
        assert with_name(question, view, lexicon_of(view)) == named


@pytest.mark.parametrize(
    "question",
    [
        "磐臂重工的董事长是谁",
        "这家公司有多少人？",
        "那家公司在哪里",
        "哪家公司写软件？",
        # Two would do.
        "没有上市的那家公司在哪里",
        # None does.
        "卖冰淇淋的那家公司在哪里",
        "Who is the chairman?",
    ],
)
def test_what_describes_no_one_plainly_is_left(library: Library, question: str) -> None:
    with library.view() as view:
        assert with_name(question, view, lexicon_of(view)) == question


def test_the_answer_says_whom_it_took_for_meant(library: Library) -> None:
    with library.view() as view:
        answer = ask(view, "做无人集卡的那家，谁创立的？")
    assert answer.answerable
    assert "祝青岩" in answer.text
    assert answer.question_used == "驭川智能，谁创立的？"


def test_a_description_is_not_drawn_back_to_what_was_talked_about(library: Library) -> None:
    history = [
        Turn("user", "灵泊软件有多少员工？"),
        Turn("assistant", "公司的技术总监是耿大川，员工530人。[1]"),
    ]
    with library.view() as view:
        answer = ask(view, "铁山那家的董事长是谁", history)
        plain = ask(view, "那家的技术总监是谁", history)
    assert answer.question_used == "磐臂重工的董事长是谁"
    assert "周砚" in answer.text
    assert "灵泊软件" in plain.question_used


def test_only_the_documents_that_are_asked_describe(library: Library) -> None:
    with library.view() as view:
        question = "铁山那家的董事长是谁"
        assert with_name(question, view, lexicon_of(view), ["unknown"]) == question
