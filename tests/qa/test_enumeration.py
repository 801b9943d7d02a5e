"""Several things asked for: lists, steps, members and sides, each in a small document."""

from collections.abc import Callable, Sequence

import pytest

from index.library import Library
from tests.qa.quoting import quotes_of

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
    ("text", "question", "parts", "unsaid"),
    [
        (MAKERS, "洗地方案一共有哪几种", ["转盘", "滚筒", "履带"], "表态"),
        (MAKERS, "光源有哪些路线？", ["灯珠", "激光", "混合光源"], "转盘"),
        # Of these there are three, but the question asks for two.
        (MAKERS, "光源的两条路线分别是什么", ["灯珠"], "没有签字"),
        (MAKERS, "哪些情形应当拒收", ["破损", "签字", "放射性"], "其余"),
        (MAKERS, "增长靠哪几股力量推动？", ["功率抬升", "集群扩大", "推理放量"], "转盘"),
        (
            MAKERS,
            "What are the three drivers of growth?",
            ["功率抬升", "集群扩大", "推理放量"],
            "关税",
        ),
        (MAKERS, "工程师上门维修要依次做哪些事", ["工牌", "断电", "试机"], "关税"),
        (MAKERS, "结尾说的三大难题分别是什么", ["关税", "铜价", "专利"], "冷板式"),
        (MAKERS, "冷板式和浸没式的优点分别是什么？", ["改造量小", "没有噪声"], "接头"),
        (MAKERS, "冷板式是什么意思", ["冷板式", "金属板"], "噪声"),
        (MAKERS, "HM-X3和HM-A1的售价各是多少", ["8999元", "1799元"], "97%"),
        (MAKERS, "仪器甲和仪器乙的预热时间比一比", ["40分钟", "20分钟"], "计量院"),
        (MAKERS, "哪些仪器由设备科校准", ["天平", "酸度计"], "仪器甲"),
        (MAKERS, "单价低于200元的项目有哪些", ["150", "90"], "680"),
        # What a semicolon cuts off is the other side.
        (HOURS, "栖云2025年的出租率对比上一年怎么样？", ["59.2%", "61.5%"], "门锁"),
        (HOURS, "工业视觉在哪些行业落地？", ["汽车零部件"], "门锁"),
        (HOURS, "LQ-M2的各张证分别是哪天取得的？", ["2023年11月8日", "2025年3月31日"], "门锁"),
        (HOURS, "概括一下迟到的规定", ["免责", "旷工", "打卡"], "补考"),
    ],
)
def test_all_that_is_asked_for_is_quoted_and_no_other(
    library_of: Callable[[str], Library],
    text: str,
    question: str,
    parts: Sequence[str],
    unsaid: str,
) -> None:
    said = "".join(each.text for each in quotes_of(library_of(text), question))
    assert all(part in said for part in parts), said
    assert unsaid not in said
