"""What is chosen to answer, over a small document with everything a choice depends on."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from index.library import Library
from qa.quote import Quote
from qa.selection import LONG_LENGTH
from tests.qa.quoting import quotes_of

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


CLIENTS = """# 行业

## 岚山电机：老牌

岚山电机的客户有和润超市、旗山药房和青禾书店，都是多年的老主顾。

## 衡水电气：新秀

衡水电气的货进了十二家连锁店，青禾书店、安渡影院都在其中。衡水电气的客户里没有药房。

## 北岭动力：跨界

北岭动力的客户是学校。北岭动力的公司章程去年改过。
"""


@pytest.mark.parametrize("question", ["青禾书店是哪些公司的客户？", "哪几家公司有青禾书店这个客户"])
def test_all_that_name_what_is_asked_about_are_quoted(
    library_of: Callable[[str], Library], question: str
) -> None:
    texts = [each.text for each in quotes_of(library_of(CLIENTS), question)]
    assert len(texts) == 2
    assert all("青禾书店" in text for text in texts)


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
