import pytest

from corpus.folding import fold
from qa.kinds import Kind, asks_who_more, kind_of, shows, wanted_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("去年的销售额一共是多少？", Kind.AMOUNT),
        ("去年业绩怎么样", Kind.AMOUNT),
        ("业绩预告是哪天公告的", Kind.DATE),
        ("线上渠道占比是多少", Kind.PERCENTAGE),
        ("门店一共有多少家", Kind.COUNT),
        ("新总部哪一年启用", Kind.DATE),
        ("审批要多久", Kind.DURATION),
        ("销量排第几", Kind.RANK),
        ("这款手表多少钱", Kind.PRICE),
        ("哪家公司做电池", Kind.WHICH),
        ("这几家公司里谁的门店最多", Kind.WHICH),
        ("用丁公司芯片的厂商有哪些", Kind.WHICH),
        ("事故减少靠的是什么", Kind.REASON),
        ("收入涨了，怎么反而亏了", Kind.REASON),
        ("值班的人干嘛两小时一换", Kind.REASON),
        ("设备怎么保养", Kind.MANNER),
        ("有哪些供应商", Kind.LIST),
        ("为什么关闭三号线", Kind.REASON),
        ("怎么申请报销", Kind.MANNER),
        ("回火是什么意思?", Kind.DEFINITION),
        ("甲厂和乙厂有什么区别", Kind.COMPARISON),
        ("总结一下安全制度", Kind.SUMMARY),
        ("加班可以调休吗？", Kind.YES_NO),
        ("控制器用的是哪款芯片", Kind.MODEL),
        ("How many stores are there?", Kind.COUNT),
        ("Why was line three closed?", Kind.REASON),
        ("When does the new office open?", Kind.DATE),
    ],
)
def test_kind_of(question: str, kind: Kind) -> None:
    assert kind_of(fold(question)) is kind


@pytest.mark.parametrize(
    "question",
    ["董事长是谁", "总经理叫什么名字", "谁是总工程师", "who is the ceo of 甲厂", "店长的姓名"],
)
def test_persons_are_asked_for_by_their_titles(question: str) -> None:
    assert kind_of(question) is Kind.PERSON


@pytest.mark.parametrize(
    ("question", "more"),
    [
        ("云雀和霁石谁更依赖海外", True),
        ("两款里哪个卖得多", True),
        ("which of the two is heavier", True),
        ("谁是董事长", False),
        ("云雀有多少人", False),
    ],
)
def test_who_is_more(question: str, more: bool) -> None:
    assert asks_who_more(question) is more


def test_a_comparison_of_amounts_wants_amounts() -> None:
    assert wanted_kind("两家的营业额各是多少元,对比一下") is Kind.AMOUNT
    assert wanted_kind("对比两家2025年的业绩") is Kind.AMOUNT


@pytest.mark.parametrize(
    ("kind", "question", "yes", "no"),
    [
        (Kind.PRICE, "多少钱", "每台售价399元", "售价很亲民"),
        (Kind.FACT, "采用几纳米制程", "采用22纳米制程", "投资12亿元"),
        (Kind.COUNT, "出货多少颗", "出货已超过10亿颗", "rk3588出货增长"),
        (Kind.MODEL, "甲厂用哪款芯片", "甲厂采用bes2500yp", "甲厂采用多款芯片"),
        (Kind.PERCENTAGE, "占比多少", "占59%", "占大部分"),
        (Kind.DATE, "哪天发布", "1月20日披露", "随后披露"),
        (
            Kind.PERSON,
            "财务总监叫什么",
            "财务总监为冼怀远,2019年到任",
            "财务总监 | 10万元以内 | 无",
        ),
        (Kind.PERSON, "总经理是谁", "由欧阳望担任总经理", "总经理办公会每周一召开"),
        (Kind.PERSON, "负责人叫什么", "沂安分公司 | 傅晓岚", "全国设有19个服务站"),
        (Kind.PERSON, "负责人叫什么", "当地的负责人是rosa ibarra", "负责人每年轮换"),
    ],
)
def test_evidence_shows_the_kind(kind: Kind, question: str, yes: str, no: str) -> None:
    assert shows(kind, yes, question)
    assert not shows(kind, no, question)
