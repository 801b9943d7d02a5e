import pytest

from corpus.segmentation import Segmenter
from qa.aliases import aliases, short_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("芯片带ISP(图像信号处理器)。", [("ISP", "图像信号处理器")]),
        ("霁禾咖啡设备有限公司（以下简称“霁禾”）成立。", [("霁禾咖啡设备有限公司", "霁禾")]),
        ("采用预防性维护（PM）制度", [("预防性维护", "PM")]),
        ("工程变更通知，简称变更单。", [("工程变更通知", "变更单")]),
        ("机器（红色）很大", []),
        ("售价（2025）为3元", []),
        ("他说（大概是这样）走了", []),
    ],
)
def test_other_names(segmenter: Segmenter, text: str, expected: list[tuple[str, str]]) -> None:
    assert list(aliases([text], segmenter.words)) == expected


def test_companies_are_called_by_less_than_their_name(segmenter: Segmenter) -> None:
    names = ["衡川储能", "岚越股份", "东方电气", "霁禾科技", "霁禾能源", "年假", "瑞芯微"]
    pairs = dict(short_names(names, segmenter, ""))
    # 东方 is a word of its own, and 霁禾 could be either.
    assert pairs == {"衡川储能": "衡川", "岚越股份": "岚越"}


def test_a_rare_word_said_again_and_again_is_a_company(segmenter: Segmenter) -> None:
    names = ["云雀电器", "智能汽车", "蓝鲸食品"]
    texts = "云雀电器涨价。云雀说不会降。云雀和智能家电。云雀去年亏损。智能化。智能。智能。蓝鲸食品"
    assert list(short_names(names, segmenter, texts)) == [("云雀电器", "云雀")]


def test_a_company_goes_by_its_name_without_its_form(segmenter: Segmenter) -> None:
    pairs = list(short_names(["岚川电气股份", "霁泉温控股份有限公司"], segmenter, ""))
    assert pairs == [
        ("岚川电气股份", "岚川"),
        ("岚川电气股份", "岚川电气"),
        ("霁泉温控股份有限公司", "霁泉"),
        ("霁泉温控股份有限公司", "霁泉温控"),
        ("霁泉温控股份有限公司", "霁泉温控股份"),
    ]
