from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import InvalidInput
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.answer import Answer, Reason, Turn
from qa.ask import ask
from qa.reader import Reader
from qa.search import search


@pytest.fixture(scope="module", params=["reader on", "reader off"], autouse=True)
def reading(request: pytest.FixtureRequest, encoder: Encoder) -> Iterator[None]:
    """Everything holds with the reader and without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.READER", Reader(encoder) if "on" in request.param else None)
        yield


READER: Reader | None = None


def asked(library: Library, question: str, *history: str) -> Answer:
    turns = [Turn(("user", "assistant")[n % 2], text) for n, text in enumerate(history)]
    with library.view() as view:
        answer = ask(view, question, turns, reader=READER)
        for number, citation in enumerate(answer.citations, 1):
            text = view.document(citation.document).text
            assert citation.quote == text[citation.start : citation.end]
            assert citation.marker == number
            assert f"[{number}]" in answer.text
    return answer


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("瑞芯微2025年预计营收多少?", ["43.87亿元", "44.27亿元"]),
        ("Bluetrum 2025 revenue guidance", ["18.30亿元", "18.50亿元"]),
        ("晶晨的汽車電子晶片進了哪些車廠?", ["宝马", "沃尔沃"]),
        ("ＥＳＰ３２系列累计出货多少颗", ["10亿颗"]),
        ("esp-32是哪家的芯片", ["乐鑫科技"]),
        ("恒玄科技和中科蓝讯2024年的业务有什么区别", ["恒玄科技", "中科蓝讯"]),
        ("AI眼镜的三种芯片方案是哪三种", ["系统级SoC", "MCU级SoC + ISP", "SoC + MCU"]),
    ],
)
def test_answers_from_the_bundled_article(
    library: Library, question: str, expected: list[str]
) -> None:
    answer = asked(library, question)
    assert answer.answerable
    assert answer.reason is None
    assert all(part in answer.text for part in expected), answer.text
    assert 0.5 <= answer.confidence <= 1.0


@pytest.mark.parametrize(
    ("question", "reason", "words"),
    [
        ("晶晨股份的董事长叫什么名字", Reason.NOT_STATED, "没有说明"),
        ("RK3588一颗卖多少钱", Reason.NOT_STATED, "没有说明"),
        ("瑞芯微的总部在哪里", Reason.NOT_STATED, "没有说明"),
        ("明天上海天气怎么样", Reason.OFF_TOPIC, "无关"),
    ],
)
def test_refuses_with_a_reason(library: Library, question: str, reason: Reason, words: str) -> None:
    answer = asked(library, question)
    assert not answer.answerable
    assert answer.reason is reason
    assert answer.citations == ()
    assert words in answer.text
    assert answer.confidence < 0.5


@pytest.mark.parametrize(
    ("question", "reason", "words"),
    [
        # Another sentence speaks of staff, and headquarters are often told in other words.
        ("乐鑫科技的總部員工有幾位", Reason.NOT_STATED, "沒有說明"),
        # Words of another language that the documents do not have may still be what they say.
        ("How do I bake sourdough bread?", Reason.OFF_TOPIC, "not about"),
    ],
)
def test_the_reader_refuses_what_words_alone_do_not(
    library: Library, encoder: Encoder, question: str, reason: Reason, words: str
) -> None:
    with library.view() as view:
        answer = ask(view, question, reader=Reader(encoder))
    assert answer.reason is reason
    assert words in answer.text


def test_a_refusal_offers_related_passages_but_never_as_an_answer(library: Library) -> None:
    answer = asked(library, "晶晨股份的董事长是谁")
    assert answer.related
    assert not any(hit.text in answer.text for hit in answer.related)


@pytest.mark.parametrize("question", ["今天上海天气怎么样？", "换个话题，谁发明了电灯？"])
def test_a_new_topic_is_refused_after_an_answer(library: Library, question: str) -> None:
    answer = asked(library, question, "全志科技2025年归母净利润预告是多少？", "2.51亿元 [1]")
    assert answer.question_used == question
    assert answer.reason is Reason.OFF_TOPIC


def test_follow_up(library: Library) -> None:
    answer = asked(library, "那全志呢？", "瑞芯微2025年归母净利润预告是多少?", "10.23亿元 [1]")
    assert answer.question_used == "全志2025年归母净利润预告是多少?"
    assert "2.51亿元" in answer.text


def test_empty_library(tmp_path: Path, encoder: Encoder, segmenter: Segmenter) -> None:
    answer = asked(Library(tmp_path, encoder, segmenter), "瑞芯微的客户有哪些")
    assert (answer.answerable, answer.reason) == (False, Reason.EMPTY)
    assert "添加" in answer.text


def test_restricted_to_documents(tmp_path: Path, encoder: Encoder, segmenter: Segmenter) -> None:
    library = Library(tmp_path, encoder, segmenter)
    one, _ = library.add(load_text("北厂的厂长是王刚。北厂做电池。", "北厂"))
    two, _ = library.add(load_text("南厂的厂长是李梅。南厂做电机。", "南厂"))
    with library.view() as view:
        answer = ask(view, "厂长是谁", documents=[two.id])
        hits = search(view, "厂长", 5, [one.id])
        nothing = search(view, "厂长", 5, ["0000000000000000"])
    assert {citation.document for citation in answer.citations} == {two.id}
    assert {hit.document for hit in hits} == {one.id}
    assert nothing == []


def test_nothing_asked(library: Library) -> None:
    with library.view() as view, pytest.raises(InvalidInput):
        ask(view, " \x00 ")


@given(text=st.text(min_size=1, max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_question_gets_exact_citations_or_words(library: Library, text: str) -> None:
    try:
        answer = asked(library, text)
    except InvalidInput:
        return
    assert answer.text
    assert answer.answerable == bool(answer.citations)


@given(
    parts=st.lists(
        st.text(
            alphabet="甲乙公司营收是2.5亿元，。；！？“”（）\n# -|RK3588 ａＢ繁體",
            min_size=1,
            max_size=60,
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_citations_are_exact_in_any_document(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    segmenter: Segmenter,
    parts: list[str],
) -> None:
    library = Library(tmp_path_factory.mktemp("any"), encoder, segmenter)
    for number, part in enumerate(parts):
        library.add(
            load_text(f"甲公司营收是2.5亿元。{part}", "文", ("text", "markdown")[number % 2])
        )
    answer = asked(library, "甲公司营收是多少")
    assert answer.answerable
    assert "2.5亿元" in answer.text


def test_one_amount_is_answered_with_one_amount(library: Library) -> None:
    answer = asked(library, "瑞芯微2025年预计营收多少?")
    assert len(answer.citations) == 1
    assert "净利润" not in answer.text


HANDBOOK = """# 手册

## 休假

| 工龄 | 年假天数 | 审批人 |
| --- | --- | --- |
| 不满1年 | 0天 | 无 |
| 10年以上 | 15天 | 副总经理 |

婚假为13天，须在领证后一年内休完。女员工产假为158天。

## 报销

报销流程分三步：

1. 在系统填写报销单；
2. 直属经理审批；
3. 财务部付款。
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("工龄10年以上年假几天", ["15天"]),
        ("婚假和产假分别几天", ["13天", "158天"]),
        ("报销流程有哪几步", ["填写报销单", "直属经理", "财务部"]),
    ],
)
def test_tables_joined_questions_and_steps(
    library_of: Callable[[str], Library], question: str, expected: list[str]
) -> None:
    answer = asked(library_of(HANDBOOK), question)
    assert all(part in answer.text for part in expected), answer.text
    assert "年假天数" not in answer.text


PARTS = """# 压力芯片

XH-7702于2025年3月发布，面向胎压监测，10月量产。

XH-7704的单价约为26元，比进口同类产品便宜三成左右。
"""


def refused_plainly(library: Library, question: str) -> bool:
    answer = asked(library, question)
    return not answer.answerable and answer.confidence <= 0.1


def test_another_part_number_does_not_answer(library_of: Callable[[str], Library]) -> None:
    library = library_of(PARTS)
    assert refused_plainly(library, "XH-7702的单价是多少？")
    assert "26元" in asked(library, "XH7704的单价是多少？").text
    assert "2025年3月" in asked(library, "XH7702是什么时候发布的？").text


SEVERAL = """# 恒驰微

## 视觉

恒驰微的车载视觉芯片与国内多家车企达成合作，已经批量出货。家用视觉芯片的客户有安门锁业和云窗科技两家。
"""


def test_what_documents_do_not_name_is_refused(library_of: Callable[[str], Library]) -> None:
    library = library_of(SEVERAL)
    # It says that there are several; and the bundled vocabulary knows a company that it does not.
    assert refused_plainly(library, "恒驰微的车载视觉芯片与哪几家车企合作？")
    assert refused_plainly(library, "瑞芯微的车载视觉芯片出货了吗？")
    assert "安门锁业" in asked(library, "恒驰微家用视觉芯片的客户是哪两家？").text


MEASURED = """# 恒驰微

## 学习灯

XH7702于2025年3月发布，已用于三款学习灯，累计出货120万颗。XH7704去年才开始量产。
"""


def test_numbers_of_another_kind_do_not_answer(library_of: Callable[[str], Library]) -> None:
    library = library_of(MEASURED)
    assert not asked(library, "XH7702是几纳米的？").answerable
    assert not asked(library, "XH7702有多重？").answerable
    assert "120万颗" in asked(library, "XH7702累计出货多少颗？").text


def test_a_task_is_not_about_the_documents(library_of: Callable[[str], Library]) -> None:
    library = library_of(MEASURED)
    assert refused_plainly(library, "帮我写一首关于学习灯的诗")
    assert asked(library, "帮我写一首关于学习灯的诗").reason is Reason.OFF_TOPIC
