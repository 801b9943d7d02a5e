import math

import pytest

from qa.ranges import Quantity, Range, amounts, bounds, falls, quantities, ranges


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("满3年不满6年", Range("year", 3, 6, open_high=True)),
        ("1万元以上至10万元", Range("money", 1e4, 1e5)),
        ("2000元以上至1万元", Range("money", 2000, 1e4)),
        ("3,000元至2万元", Range("money", 3000, 2e4)),
        ("工龄1至9年", Range("year", 1, 9)),
        ("p4至p6", Range("p", 4, 6)),
        ("p7及以上", Range("p", 7, math.inf)),
        ("不满1年", Range("year", -math.inf, 1, open_high=True)),
        ("10万元以上", Range("money", 1e5, math.inf)),
        ("少于二十人", Range("person", -math.inf, 20, open_high=True)),
        ("超过三百公里", Range("kilometre", 300, math.inf, open_low=True)),
        ("两个月以内", Range("month", -math.inf, 2)),
        ("海外收入占到九成以上", Range("%", 90, math.inf)),
        ("a margin under 20%", Range("%", -math.inf, 20, open_high=True)),
        ("a range of at least 200 km", Range("kilometre", 200, math.inf)),
    ],
)
def test_a_range_is_read(text: str, expected: Range) -> None:
    assert ranges(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016年之后投用的仓", Range("calendar", 2016, math.inf, open_low=True)),
        ("2010年以前成立的", Range("calendar", -math.inf, 2010, open_high=True)),
        ("founded before 2010", Range("calendar", -math.inf, 2010, open_high=True)),
        ("少于二十人", Range("person", -math.inf, 20, open_high=True)),
    ],
)
def test_a_question_sets_a_bound(text: str, expected: Range) -> None:
    assert bounds(text) == [expected]


@pytest.mark.parametrize(
    "text", ["2016年的营收", "2025年前三季度", "from 2023 to 2025", "2024年起"]
)
def test_a_year_alone_is_no_bound(text: str) -> None:
    assert bounds(text) == []


@pytest.mark.parametrize("text", ["2025年至2027年", "rk3588", "一年几天", "第3至5名", "", "以上"])
def test_no_range(text: str) -> None:
    assert ranges(text) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("在公司干了四年的人", [Quantity("year", 4)]),
        ("p5去成都出差,一晚最多报多少", [Quantity("p", 5)]),
        ("8万元的一笔支出谁批", [Quantity("money", 80000)]),
        ("十五个人的团队", [Quantity("person", 15)]),
        ("一百二十天", [Quantity("day", 120)]),
        ("2024年有几家", []),
        ("一年能休几天", []),
    ],
)
def test_quantities_of_a_question(question: str, expected: list[Quantity]) -> None:
    assert quantities(question) == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("干了四年", "满3年不满6年 | 10天", 1.0),
        ("周六也开门", "周一至周六 9:00-17:00", 1.0),
        ("礼拜天也开门", "星期一到星期六 9:00-17:00", -1.0),
        ("每周三次", "周一至周六 9:00-17:00", 0.0),
        ("干了六年", "满3年不满6年 | 10天", -1.0),
        ("p5出差", "p4至p6 | 520", 1.0),
        ("p5出差", "p7及以上 | 750", -1.0),
        ("8万元谁批", "10万元以上 | 总经理", -1.0),
        ("8万元谁批", "司机每班工作不超过8小时", 0.0),
        ("谁批", "10万元以上 | 总经理", 0.0),
    ],
)
def test_a_quantity_falls_into_a_range_or_beside_it(
    question: str, text: str, expected: float
) -> None:
    assert falls(quantities(question), text) == expected


def test_a_bare_number_has_its_columns_unit() -> None:
    assert amounts("14", "人数", "person") == [Quantity("person", 14)]
    assert amounts("1,200", "价格(元)", "money") == [Quantity("money", 1200)]
    assert amounts("14", "分机", "person") == []
    assert amounts("26元/天", "餐补", "money") == [Quantity("money", 26)]
    # A speed is no distance.
    assert amounts("230公里/小时", "巡航速度", "kilometre") == []
    assert amounts("20人", "规模", "person") == [Quantity("person", 20)]
    assert amounts("2018年", "投用", "calendar") == [Quantity("calendar", 2018)]


def test_other_scripts_digits_are_no_numbers() -> None:
    assert quantities("२०२५年和٣个") == []
