"""What speaks against a sentence: that it is about another thing, or about another year."""

from collections.abc import Callable, Mapping

import pytest

from index.library import Library
from qa.answer import Turn
from qa.evidence import candidates
from qa.features import speaks_of
from qa.followup import complete
from qa.lexicon import lexicon_of
from qa.question import understand

TEXT = """# 集团2025年年度回顾

## 工厂

溪口厂始建于2009年，现有员工412人。石埠厂的厂长是柏青，厂区有一座污水站。
溪口厂的设备在2021年换过一次。溪口厂屋顶没有光伏，石埠厂屋顶的光伏有6兆瓦。石埠厂去年停产过两周。

## 费用

全年销售费用3.46亿元，研发费用0.58亿元。2023年的管理费用为1.2亿元。

## 员工

女员工产假为158天。育儿假每年10天。家用炉卖了三千台，商用炉卖了九百台。

## 管理层

董事长是严伯钧，副总裁是柯静姝。

## 产品对比：KF-20、KF-35与DL-8

KF-20每小时出杯60杯。其噪声为58分贝，比KF-35低。
KF-35每小时出杯90杯。它的水箱有6升。DL-8只做冷饮，电机来自KF-20。
三款产品都质保两年。

## 三、岚山电池与衡水新能：两家电池厂

岚山电池的掌门人是闻人澈，与两家车厂合作。衡水新能走锂金属路线，2024年营业收入11亿元。2025年预计收入13亿元。管理开支预计1亿元。

二期厂房投资6亿元。
"""


@pytest.fixture(scope="module")
def library(library_of: Callable[[str], Library]) -> Library:
    return library_of(TEXT)


def features(library: Library, question: str, beginning: str) -> Mapping[str, float]:
    with library.view() as view:
        lexicon = lexicon_of(view)
        found = candidates(understand(question, view, lexicon), view, lexicon)
    return next(c.features for c in found if c.sentence.text.startswith(beginning))


@pytest.mark.parametrize(
    ("feature", "question", "sentence", "expected"),
    [
        # Another thing of the documents' own names.
        ("rival", "溪口厂的厂长是谁？", "石埠厂的厂长", 1.0),
        ("rival", "石埠厂的厂长是谁？", "石埠厂的厂长", 0.0),
        # It names both, or no such thing at all.
        ("rival", "溪口厂屋顶有光伏吗？", "溪口厂屋顶没有光伏", 0.0),
        ("rival", "溪口厂的销售费用是多少？", "全年销售费用", 0.0),
        ("rival", "哪个厂有污水站？", "石埠厂的厂长", 0.0),
        # The year that a sentence stands under.
        ("year_elsewhere", "2024年的销售费用是多少？", "全年销售费用", 1.0),
        ("year_elsewhere", "2025年的销售费用是多少？", "全年销售费用", 0.0),
        ("year_elsewhere", "销售费用是多少？", "全年销售费用", 0.0),
        # The sentence has a year of its own, which another signal judges.
        ("year_elsewhere", "2024年的管理费用是多少？", "2023年的管理费用", 0.0),
        # The year told of last counts.
        ("year_elsewhere", "衡水新能2024年的管理开支是多少？", "管理开支预计", 1.0),
        ("year_elsewhere", "衡水新能2025年的管理开支是多少？", "管理开支预计", 0.0),
        # A heading with both does not make a sentence about the one one about the other.
        ("other_topic", "衡水新能的掌门人是谁？", "岚山电池的掌门人", 1.0),
        ("other_topic", "岚山电池的掌门人是谁？", "岚山电池的掌门人", 0.0),
        ("opposite", "一期厂房投资多少？", "二期厂房", 1.0),
        ("opposite", "二期厂房投资多少？", "二期厂房", 0.0),
        # That they are two is not which two.
        ("kind", "与岚山电池合作的是哪两家车厂", "岚山电池的掌门人", 0.0),
        # Another part number that was named since.
        ("part_missing", "KF-20每小时出杯多少？", "KF-20每小时", 0.0),
        ("part_missing", "KF-20的噪声是多少分贝？", "其噪声为58分贝", 0.0),
        # The heading has them all; whose sentence it is, the one before says.
        ("part_missing", "kf 35的水箱有几升？", "它的水箱", 0.0),
        ("part_missing", "KF-20的水箱有几升？", "它的水箱", 1.0),
        # Of another line, but named beside it.
        ("part_missing", "KF-35每小时出杯多少？", "DL-8只做冷饮", 1.0),
        # Of none of them by name: the heading counts.
        ("part_missing", "DL-8质保几年？", "三款产品都质保", 0.0),
        ("part_missing", "KF99质保几年？", "三款产品都质保", 1.0),
    ],
)
def test_what_speaks_against_a_sentence(
    library: Library, feature: str, question: str, sentence: str, expected: float
) -> None:
    assert features(library, question, sentence)[feature] == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("那石埠厂呢？", "石埠厂有多少员工？"),
        ("它换过设备吗？", "溪口厂换过设备吗？"),
        # It names its own subject, however short it is.
        ("石埠厂停产过吗", "石埠厂停产过吗"),
    ],
)
def test_names_of_the_documents_own_in_a_conversation(
    library: Library, question: str, expected: str
) -> None:
    with library.view() as view:
        used = complete(question, [Turn("user", "溪口厂有多少员工？")], lexicon_of(view))
    assert used == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Another sentence may tell the other.
        ("育儿假和产假分别几天？", 0.0),
        ("产假、育儿假各有几天？", 0.0),
        ("产假几天？", 0.0),
        ("育儿假比产假短几天？", 1.0),
        ("婚假几天？", 1.0),
    ],
)
def test_of_two_attributes_side_by_side_one_is_enough(
    library: Library, question: str, expected: float
) -> None:
    assert features(library, question, "女员工产假")["strict_missing"] == expected


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("集团董事长是谁？", 0.0),
        ("集团副总裁是谁？", 0.0),
        # A deputy is not the one, nor does one title stand for another.
        ("集团总裁是谁？", 1.0),
        ("集团总经理是谁？", 1.0),
    ],
)
def test_titles_are_not_each_others(library: Library, question: str, lacking: float) -> None:
    assert features(library, question, "董事长是严伯钧")["strict_missing"] == lacking


@pytest.mark.parametrize(("word", "spoken"), [("产假", False), ("陪产假", True)])
def test_leave_for_the_father_is_not_the_mothers(library: Library, word: str, spoken: bool) -> None:
    with library.view() as view:
        (need,) = understand(word, view, lexicon_of(view)).needs
    assert speaks_of("陪产假15天", need) is spoken
    assert speaks_of("产假158天,陪产假15天", need)


def test_a_long_word_that_no_document_has_is_taken_apart(library: Library) -> None:
    with library.view() as view:
        needs = understand("家用机卖了多少台", view, lexicon_of(view)).needs
    assert "家用" in {need.word for need in needs}


def test_a_bound_s_number_need_not_be_said(library: Library) -> None:
    with library.view() as view:
        needs = understand("炉子销量超过1000台的有哪些", view, lexicon_of(view)).needs
    assert "1000" not in {need.word for need in needs}
