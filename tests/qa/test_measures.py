import pytest

from qa.measures import measures_of, tells_measure


@pytest.mark.parametrize(
    ("question", "told", "other"),
    [
        ("这颗芯片用的是几纳米", "采用12nm工艺", "2025年出货3000万颗"),
        ("宿舍离公司多远", "步行10分钟", "可住240人"),
        ("how far is the site from the office?", "距总部12公里", "2021年建成"),
        ("这台机器多重", "整机重量47公斤", "功率3.4千瓦"),
        ("服务器配多大的内存", "标配64gb内存", "服务器共12台"),
        ("食堂几点开门", "早上6:30开门", "食堂在二楼"),
        ("值班室在几楼", "值班室设在三层", "值班室有4人"),
        ("车间最高几度", "不得超过28℃", "每日测3次"),
        ("几岁可以报名", "年满18周岁", "每班30人"),
        ("前台分机是多少", "前台内线8101", "前台有两人"),
        ("仓库面积有多大", "占地180平方米", "建于2019年"),
        ("功率几千瓦", "额定功率3.4千瓦", "锅炉2.6升"),
        ("要等几天", "3个工作日内", "合同期2年起签"),
        ("培训几个小时", "消防4学时", "每年2次"),
        ("多少分钟算迟到", "超过15分钟", "扣50元"),
        ("一共有多少员工", "在职员工412人", "营收4.2亿元"),
        ("how many engineers are there", "研发人员96人", "建于2009年"),
    ],
)
def test_numbers_without_the_unit_asked_for_are_no_answer(
    question: str, told: str, other: str
) -> None:
    assert measures_of(question)
    assert tells_measure(question, told)
    assert not tells_measure(question, other)


@pytest.mark.parametrize(
    "question",
    ["毛利率有多高", "几点建议", "为什么多次推迟", "去年营收多少", "how far ahead must i ask"],
)
def test_questions_that_name_no_unit_are_left_alone(question: str) -> None:
    assert measures_of(question) == ()
    assert tells_measure(question, "任何一句")


def test_a_table_names_the_unit_above_or_beside_its_numbers() -> None:
    question = "这台机器多重"
    assert tells_measure(question, "jh-t220 | 64", "型号 | 重量（公斤）")
    assert tells_measure(question, "| 重量（kg） | 47 | 64 |")
    assert not tells_measure(question, "jh-t220 | 2019年", "型号 | 上市")
