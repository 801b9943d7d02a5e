import pytest

from corpus.segmentation import Segmenter
from qa.spelling import Speller

SPELLER = Speller(
    [
        "晶晨",
        "中科蓝讯",
        "瑞芯微",
        "智能手表",
        "方案一",
        "车载台",
        "净利润",
        "出货量",
        "rockchip",
        "amlogic",
    ]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("晶辰的客户", "晶晨的客户"),
        ("中科蓝汛的营收", "中科蓝讯的营收"),
        ("中科监讯的营收", "中科蓝讯的营收"),
        ("rockchp revenue", "rockchip revenue"),
        ("amlogc", "amlogic"),
    ],
)
def test_names_are_put_right(segmenter: Segmenter, written: str, meant: str) -> None:
    assert SPELLER.correct(written, segmenter.is_word) == meant


@pytest.mark.parametrize(
    "right",
    [
        "瑞芯微和晶晨",
        # A word stands beside what differs.
        "剔除后利润多少",
        "出货了多少颗",
        "智能手机多少钱",
        "经常的事",
        "amazon rockets",
        "logic",
        # A numeral is not written wrong, and 分别 is a word though 车载分 is none.
        "三种方案的优点",
        "车载分别装在哪里",
    ],
)
def test_what_is_right_stays(segmenter: Segmenter, right: str) -> None:
    assert SPELLER.correct(right, segmenter.is_word) == right
