import pytest

from qa.opposites import groups, opposes


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("下半年的净利润预计多少", "2025年上半年净利润同比增长55%"),
        ("一期工厂什么时候投产", "二期工厂预计2027年6月投产"),
        ("第四季度的奖由谁获得", "第三季度由卢小满获得"),
        ("省外的订单多久送到", "省内订单平均用时26小时"),
        ("第2代产品的售价", "第三代产品售价99元"),
        ("c轮融了多少钱", "公司完成2亿元b轮融资"),
    ],
)
def test_opposites_exclude_each_other(question: str, text: str) -> None:
    assert opposes(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("一期工厂什么时候投产", "一期、二期工厂都已投产"),
        ("一期工厂什么时候投产", "工厂去年投产"),
        ("上半年和下半年各卖了多少", "上半年卖了三万台"),
        ("首批订单有多少台", "第三版手册"),
        ("轮胎一年卖几条", "三轮车卖了两千台"),
        ("每股多少钱", "每年分红一次"),
        ("第十期工程投资多少", "10期工程投资6亿元"),
        ("第二代产品何时上市", "公司的新一代产品明年上市"),
    ],
)
def test_without_an_opposite_nothing_is_excluded(question: str, text: str) -> None:
    assert not opposes(question, text)


def test_a_group_has_members_with_spellings_of_their_own() -> None:
    for group in groups():
        spellings = [spelling for member in group for spelling in member]
        assert len(group) > 1
        assert len(set(spellings)) == len(spellings)
