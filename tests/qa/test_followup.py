import pytest

from qa.answer import Turn
from qa.followup import complete
from qa.lexicon import Lexicon

LEXICON = Lexicon(
    [("瑞芯微", "Rockchip"), ("全志科技", "全志", "Allwinner"), ("智能眼镜", "AI眼镜")],
    [("厂商", "瑞芯微：领跑"), ("厂商", "全志科技：视觉"), ("AI眼镜：新战场",)],
)


def talk(*turns: str) -> list[Turn]:
    return [Turn(("user", "assistant")[n % 2], text) for n, text in enumerate(turns)]


@pytest.mark.parametrize(
    ("history", "question", "completed"),
    [
        (["瑞芯微的营收是多少?", "43亿元 [1]"], "那全志呢？", "全志的营收是多少?"),
        (
            ["瑞芯微2024年的营收是多少?", "43亿元 [1]"],
            "那2023年呢？",
            "瑞芯微2023年的营收，2023年呢？",
        ),
        (["瑞芯微是做什么的", "芯片 [1]"], "它的客户有哪些", "瑞芯微客户有哪些"),
        (
            ["Who makes vision chips?", "Allwinner (全志科技)"],
            "Who are its customers?",
            "Who are 全志科技's customers?",
        ),
        (["瑞芯微有哪三条产品线?", "手机、电视、汽车 [1]"], "第二个是什么", "瑞芯微电视是什么"),
        (["瑞芯微有哪三条产品线?", "手机、电视、汽车 [1]"], "最后一个呢", "瑞芯微汽车呢"),
        (["瑞芯微有哪些产品线?", "手机、电视、汽车三种。"], "第三种多大", "瑞芯微汽车多大"),
        (["瑞芯微有哪三条产品线?", "手机、电视、汽车 [1]"], "中间那个卖给谁", "瑞芯微电视卖给谁"),
    ],
)
def test_completes(history: list[str], question: str, completed: str) -> None:
    assert complete(question, talk(*history), LEXICON) == completed


def test_a_bare_attribute_keeps_the_topic() -> None:
    used = complete("缺点呢？", talk("AI眼镜的方案好在哪", "省电"), LEXICON)
    assert used.startswith("AI眼镜的方案")
    assert used.endswith("缺点呢？")


def test_a_new_topic_is_not_dragged_back() -> None:
    question = "全志科技的总部在哪个城市？"
    assert complete(question, talk("瑞芯微的营收是多少?", "43亿元"), LEXICON) == question


@pytest.mark.parametrize("question", ["六家厂商各自的代表芯片？", "哪家的毛利率最高？"])
def test_what_asks_across_goes_on_from_nothing(question: str) -> None:
    assert complete(question, talk("全志科技的营收是多少?", "20亿元"), LEXICON) == question


def test_what_the_documents_do_not_know_goes_on_from_nothing() -> None:
    history = talk("全志科技的营收是多少?", "20亿元")
    weather = "今天上海天气怎么样？"
    assert complete(weather, history, LEXICON, lambda text: "天气" in text) == weather
    assert complete("毛利率多少？", history, LEXICON, lambda text: "天气" in text) != "毛利率多少？"


def test_without_history_nothing_changes() -> None:
    assert complete("那全志呢？", [], LEXICON) == "那全志呢？"


def test_follow_ups_chain() -> None:
    history = talk("瑞芯微的营收是多少?", "43亿元", "那全志呢？", "20亿元")
    assert complete("那AI眼镜呢", history, LEXICON) == "AI眼镜的营收是多少?"
