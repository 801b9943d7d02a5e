"""What is chosen to answer, over a small document with everything a choice depends on."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from index.library import Library
from qa.evidence import candidates
from qa.lexicon import lexicon_of
from qa.question import understand
from qa.quote import Quote
from qa.selection import LONG_LENGTH, select

TEXT = """# 储能

## 技术：三条路线

大型电站目前有三种主流方案。第一种是集中式，成本最低。第二种是组串式，一簇一管理。第三种是级联式，效率最高。

行业有几类风险。首先是回款慢。其次是安全事故。最后是贸易壁垒。

## 厂商

### 甲厂：电池

甲厂2025年预计营业收入为12亿元至13亿元。甲厂预计归母净利润为1.2亿元。甲厂的婚假为10天。客户有丙公司和丁公司。

### 乙厂：电机

乙厂2025年预计营业收入为3亿元至4亿元。乙厂预计扣非净利润为0.4亿元。至于归母净利润，公司说会在0.6亿元上下。乙厂的产假为158天。客户有丙公司。

Meta的眼镜用芯片K1。OPPO的眼镜用芯片K2。

## 业绩：全年稳健

全年业绩好于上年。

## 手册

| 部门 | 负责人 | 人数 |
| --- | --- | --- |
| 财务部 | 冉静 | 17 |
| 生产部 | 贺川 | 240 |
| 信息部 | 戴柏 | 12 |

| 司龄 | 年假 |
| --- | --- |
| 满1年不满3年 | 5天 |
| 满3年不满6年 | 10天 |
| 满6年 | 15天 |

| 项目 | 安心方案 | 优享方案 |
| --- | --- | --- |
| 牙科报销 | 不含 | 每年1500元 |
| 门诊报销 | 70% | 90% |
| 住院报销 | 80% | 95% |

| 设备 | 误差 | 校准周期 |
| --- | --- | --- |
| TR-200 | 0.5度 | 12个月 |
| TR-310 | 0.3度 | 6个月 |
| KL-45 | 不测温 | 12个月 |
| TR-900 | 0.5度 | 36个月 |

| 房型 | 面积 | 淡季 | 旺季 |
| --- | --- | --- | --- |
| 海景房 | 36平方米 | 528元 | 1180元 |
| 园景房 | 32平方米 | 428元 | 888元 |
| 湖景房 | 30平方米 | 1010元 | 990元 |

| 等级 | 岗位 | 餐补 |
| --- | --- | --- |
| C级 | 主管、领班 | 28元 |
| D级 | 服务员、厨工 | 26元 |
| E级 | 实习生 | 22元 |

| 网点 | 营业时间 | 电话 |
| --- | --- | --- |
| 临川总部 | 周一至周日 | 1100 |
| 沂安柜台 | 周一至周六 | 2200 |
| 浦宁柜台 | 周一至周五 | 3300 |

### 报销流程

1. 填写申请单。
2. 主管签字。
3. 交财务部打款。
"""


Chosen = Callable[[str], Sequence[Quote]]


@pytest.fixture(scope="module")
def chosen(library_of: Callable[[str], Library]) -> Chosen:
    return partial(quotes_of, library_of(TEXT))


def quotes_of(library: Library, text: str) -> Sequence[Quote]:
    with library.view() as view:
        lexicon = lexicon_of(view)
        question = understand(text, view, lexicon)
        return select(question, candidates(question, view, lexicon))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("大型电站有哪三种主流方案", ["集中式", "组串式", "级联式"]),
        ("行业有哪几类风险", ["回款", "安全事故", "贸易壁垒"]),
        ("甲厂和乙厂2025年的营业收入对比", ["12亿元至13亿元", "3亿元至4亿元"]),
        ("甲厂和乙厂谁2025年的营业收入更高", ["12亿元至13亿元", "3亿元至4亿元"]),
        ("哪些厂的客户有丙公司", ["丙公司和丁公司", "客户有丙公司。"]),
        ("Meta和OPPO的眼镜芯片有什么区别", ["K1", "K2"]),
    ],
)
def test_all_that_was_asked_for(chosen: Chosen, question: str, parts: list[str]) -> None:
    said = " ".join(quote.text for quote in chosen(question))
    assert all(part in said for part in parts), said


def test_one_fact_needs_one_sentence(chosen: Chosen) -> None:
    quotes = chosen("乙厂2025年预计营业收入是多少")
    assert [quote.text for quote in quotes] == ["乙厂2025年预计营业收入为3亿元至4亿元。"]


def test_each_side_of_a_comparison_comes_once(chosen: Chosen) -> None:
    quotes = chosen("甲厂和乙厂2025年的营业收入对比")
    assert len(quotes) == 2
    assert {quote.candidate.topics[0].shown for quote in quotes} == {"甲厂", "乙厂"}


def test_companies_are_compared_with_companies(chosen: Chosen) -> None:
    quotes = chosen("甲厂和乙厂2025年的业绩对比")
    assert {quote.candidate.topics[0].shown for quote in quotes} == {"甲厂", "乙厂"}


def test_of_both_the_same_profit_is_compared(chosen: Chosen) -> None:
    quotes = chosen("甲厂和乙厂的净利润对比")
    assert len(quotes) == 2
    assert all("归母净利润" in quote.text for quote in quotes)


def test_a_quote_without_its_subject_is_labelled(chosen: Chosen) -> None:
    quotes = chosen("哪些厂的客户有丙公司")
    assert sorted(quote.label for quote in quotes) == ["乙厂", "甲厂"]


@pytest.mark.parametrize("question", ["总结一下储能", "介绍一下甲厂", "行业有哪几类风险"])
def test_never_longer_than_an_answer_may_be(chosen: Chosen, question: str) -> None:
    quotes = chosen(question)
    assert quotes
    assert sum(len(quote.text) for quote in quotes) <= LONG_LENGTH


def test_all_rows_within_a_bound(chosen: Chosen) -> None:
    quotes = chosen("哪些部门不足二十人？")
    assert [q.text.split(" | ")[0] for q in quotes] == ["财务部", "信息部"]


def test_the_row_whose_range_holds_the_quantity(chosen: Chosen) -> None:
    assert "10天" in chosen("干了四年的人年假有几天？")[0].text
    assert "15天" in chosen("干了八年的人年假有几天？")[0].text


def test_column_names_where_the_question_asks_for_a_column(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("优享方案的牙科报销多少？")]
    assert texts == ["项目 | 安心方案 | 优享方案", "牙科报销 | 不含 | 每年1500元"]


def test_columns_side_by_side(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("安心方案和优享方案的门诊报销分别是几成？")]
    assert texts == ["项目 | 安心方案 | 优享方案", "门诊报销 | 70% | 90%"]


def test_rows_side_by_side(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("TR-200和TR-310的误差各是多少？")]
    assert [text.split(" | ")[0] for text in texts if "TR" in text] == ["TR-200", "TR-310"]


def test_all_columns_where_the_question_counts_them(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("医疗方案两种，报销有什么差别？")]
    assert texts[0] == "项目 | 安心方案 | 优享方案"
    assert len(texts) == 4


def test_a_short_table_whole_where_no_row_has_the_words_of_a_comparison(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("安心方案和优享方案在补牙花费上有何不同？")]
    assert texts[0] == "项目 | 安心方案 | 优享方案"
    assert any("每年1500元" in text for text in texts)


def test_rows_with_the_same_value_as_the_question_gives(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("列出误差是0.5度的所有设备")]
    assert [text.split(" | ")[0] for text in texts] == ["设备", "TR-200", "TR-900"]


def test_all_rows_with_a_value(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("哪些设备的校准周期是12个月？")]
    assert [text.split(" | ")[0] for text in texts][-2:] == ["TR-200", "KL-45"]


def test_a_bound_is_for_the_column_it_names(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("旺季超过1000元的房型有哪些？")]
    assert [text.split(" | ")[0] for text in texts if "房 " in text] == ["海景房"]


def test_rows_about_what_is_joined(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("领班跟普通服务员比，餐补各多少？")]
    assert [text.split(" | ")[0] for text in texts if "级 " in text] == ["C级", "D级"]


def test_rows_with_a_range_that_holds_the_day(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("周六也营业的网点有哪些？")]
    assert [text.split(" | ")[0] for text in texts if "周一" in text] == ["临川总部", "沂安柜台"]


def test_a_column_of_all_rows(chosen: Chosen) -> None:
    texts = [q.text for q in chosen("把各个网点的电话列一下")]
    assert [text.split(" | ")[-1] for text in texts][-3:] == ["1100", "2200", "3300"]


def test_a_procedure_has_all_its_steps(chosen: Chosen) -> None:
    texts = "".join(q.text for q in chosen("报销流程是怎样的？"))
    assert texts.find("填写申请单") < texts.find("主管签字") < texts.find("打款")
    assert "填写申请单" in texts


BOXES = """# 仓库

## 包装

仓库用三种箱子：纸箱、木箱、铁箱。

### 箱子一：纸箱

纸箱一次装20件。纸箱的好处是轻便。

### 箱子二：木箱

木箱的好处是结实。木箱一次装60件。

### 箱子三：铁箱

铁箱一次装90件，用在危险品上。铁箱的好处是防火。

### 展望

自动化的好处是省人。
"""
HOURS = """# 酒店

## 出租

2025年出租率，望潮为68.4%，栖云为59.2%；2024年依次为66.0%和61.5%。栖云走低是因为修路。

## 视觉

公司聚焦三大场景：一是家用视觉，客户有两家门锁厂；二是车载视觉，尚在试产；三是工业视觉，已在电子制造和汽车零部件行业落地。

## 证照

LQ-M2于2023年11月8日取得型号合格证，2024年1月16日取得单机适航证，2024年5月22日取得生产许可证，2025年3月31日取得运营合格证，是唯一拿齐四证的产品。

## 迟到

迟到10分钟以内免责三次；迟到两小时按旷工处理。上班打卡可提前半小时。

## 培训

新员工第一周参加培训。迟交作业的补考。
"""


@pytest.mark.parametrize(
    ("question", "parts", "unsaid"),
    [
        # What a semicolon cuts off is the other side.
        ("栖云2025年的出租率对比上一年怎么样？", ["59.2%", "61.5%"], "门锁"),
        ("工业视觉在哪些行业落地？", ["汽车零部件"], "门锁"),
        ("LQ-M2的各张证分别是哪天取得的？", ["2023年11月8日", "2025年3月31日"], "门锁"),
        ("概括一下迟到的规定", ["免责", "旷工", "打卡"], "补考"),
    ],
)
def test_as_much_as_the_question_is_about(
    library_of: Callable[[str], Library], question: str, parts: Sequence[str], unsaid: str
) -> None:
    said = "".join(each.text for each in quotes_of(library_of(HOURS), question))
    assert all(part in said for part in parts), said
    assert unsaid not in said


PATHS = """# 路线

过江共有三条路线。第一条，大桥。这条路线的好处是快。
第二条，轮渡。这条路线的好处是便宜。第三条，隧道。这条路线的好处是不怕雾。
"""


@pytest.mark.parametrize(
    ("text", "question", "parts"),
    [
        (BOXES, "三种箱子各有什么好处？", ["轻便", "结实", "防火"]),
        (BOXES, "仓库的三种箱子分别一次装多少件", ["20件", "60件", "90件"]),
        (PATHS, "三条路线各自的好处是什么", ["快", "便宜", "不怕雾"]),
    ],
)
def test_what_is_asked_of_each_member_is_quoted_once_a_member(
    library_of: Callable[[str], Library], text: str, question: str, parts: Sequence[str]
) -> None:
    quotes = quotes_of(library_of(text), question)
    assert len(quotes) == len(parts)
    assert all(part in each.text for part, each in zip(parts, quotes, strict=True))


NOTICES = """# 须知

## 报警

- **E11**（红色）：血路中有气泡。轻拍管路，把气泡赶进气泡壶。
- **E17**（红色）：漏血。立即停止治疗，致电热线。
- **E23**（黄色）：压力过高。用生理盐水冲洗滤器。

## 奖励

内部推荐人才入职的，每成功一人奖励1000元，被推荐人转正后发放。人力资源部员工不参加此项奖励。

## 差旅

高铁单程不超过四小时的不得乘飞机。公司这样规定，是因为高铁准点率更高。住宿每晚不超过500元。

## 机型

鹰A的电池由禾光供应，续航三十分钟。鹰B装的也是禾光的电池，续航四十分钟。鹰C改用岚能的电池。
"""


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("E17该怎么处理？", "立即停止治疗", "生理盐水"),
        ("E23怎么办", "生理盐水", "致电热线"),
        ("人力资源部的人推荐人才入职，也拿奖励吗？", "人力资源部员工不参加", "高铁"),
        ("四小时以内的高铁为什么不让坐飞机？", "准点率更高", "500元"),
        ("哪些机型用禾光的电池？", "鹰A的电池由禾光供应，续航三十分钟。鹰B", "500元"),
        # What stands beside an amount is another amount.
        ("住宿每晚不超过多少元？", "500元", "1000元"),
    ],
)
def test_what_goes_on_from_the_best_sentence_is_quoted_too(
    library_of: Callable[[str], Library], question: str, said: str, unsaid: str
) -> None:
    texts = "".join(each.text for each in quotes_of(library_of(NOTICES), question))
    assert said in texts
    assert unsaid not in texts


MAKERS = """# 洗地机

## 方案

眼下洗地方案有三种。转盘成本最低；滚筒的边角覆盖率为97%；履带的噪声最大。两家厂都已表态。

光源有三条路线：灯珠便宜；激光亮；混合光源最贵。

出现下列情形之一的，收样员应当拒收：容器破损；没有签字；带有放射性标志。其余一律收下。

分析师说市场还会变大。她认为增长有三个推手：一是功率抬升；二是集群扩大；三是推理放量。

## 上门维修

工程师不得从合同中提成。工程师按下列步骤操作：

1. 出示工牌。
2. 断电关水。
3. 试机出三杯。

## 尾声：三个难题

第一是关税。六家公司中只有两家有海外工厂。第二是铜价。电机均价上调了。第三是专利。

## 冷却

第一种是冷板式。冷却液在金属板内流动。优点是改造量小。缺点是接头多。

第二种是浸没式。整台机器泡在油里。优点是没有噪声。缺点是机柜沉。

某厂押注冷板式，同时研究浸没式。

## 机器

旗舰机HM-X3采用激光，售价8999元。入门机HM-A1采用灯珠，售价1799元。

仪器甲开机须预热40分钟，仪器乙须预热20分钟。

| 仪器 | 周期 | 由谁校准 |
| --- | --- | --- |
| 仪器甲 | 24个月 | 计量院 |
| 仪器乙 | 24个月 | 计量院 |
| 天平 | 12个月 | 设备科 |
| 酸度计 | 6个月 | 设备科 |

| 项目 | 单价（元） |
| --- | --- |
| 菌落总数 | 150 |
| 硬度 | 90 |
| 重金属 | 680 |
"""


@pytest.mark.parametrize(
    ("question", "parts", "unsaid"),
    [
        ("洗地方案一共有哪几种", ["转盘", "滚筒", "履带"], "表态"),
        ("光源有哪些路线？", ["灯珠", "激光", "混合光源"], "转盘"),
        # Of these there are three, but the question asks for two.
        ("光源的两条路线分别是什么", ["灯珠"], "没有签字"),
        ("哪些情形应当拒收", ["破损", "签字", "放射性"], "其余"),
        ("增长靠哪几股力量推动？", ["功率抬升", "集群扩大", "推理放量"], "转盘"),
        (
            "What are the three drivers of growth?",
            ["功率抬升", "集群扩大", "推理放量"],
            "关税",
        ),
        ("工程师上门维修要依次做哪些事", ["工牌", "断电", "试机"], "关税"),
        ("结尾说的三大难题分别是什么", ["关税", "铜价", "专利"], "冷板式"),
        ("冷板式和浸没式的优点分别是什么？", ["改造量小", "没有噪声"], "接头"),
        ("冷板式是什么意思", ["冷板式", "金属板"], "噪声"),
        ("HM-X3和HM-A1的售价各是多少", ["8999元", "1799元"], "97%"),
        ("仪器甲和仪器乙的预热时间比一比", ["40分钟", "20分钟"], "计量院"),
        ("哪些仪器由设备科校准", ["天平", "酸度计"], "仪器甲"),
        ("单价低于200元的项目有哪些", ["150", "90"], "680"),
    ],
)
def test_several_things_are_all_quoted_and_no_other(
    library_of: Callable[[str], Library], question: str, parts: Sequence[str], unsaid: str
) -> None:
    said = "".join(each.text for each in quotes_of(library_of(MAKERS), question))
    assert all(part in said for part in parts), said
    assert unsaid not in said


STAFF = """# 甲公司

甲公司年末有员工三千人，是三家里最多的，其中一半做研发，余下的在各地的工厂和门店里做事，薪酬按岗位定。去年它卖掉了旧厂。

# 乙公司

乙公司年末有员工两千人。

# 丙公司

丙公司年末有员工一千人。它关了两家店。
"""


@pytest.mark.parametrize(
    ("question", "count"), [("哪家公司的员工最多", 1), ("一句话说说甲公司", 1), ("说说甲公司", 2)]
)
def test_one_thing_or_one_sentence_asked_for(
    library_of: Callable[[str], Library], question: str, count: int
) -> None:
    quotes = quotes_of(library_of(STAFF), question)
    assert len(quotes) == count
    assert "甲公司" in quotes[0].text
