from qa.lexicon import Lexicon, heading_names, part_numbers, squeeze
from qa.spelling import Speller

LEXICON = Lexicon(
    [("瑞芯微", "Rockchip"), ("小米", "Xiaomi")], [("瑞芯微：领跑边缘",), ("02 甲厂（A）：电池",)]
)


def test_names_in_any_of_their_spellings() -> None:
    assert [name.shown for name in LEXICON.find("rockchip和小米")] == ["瑞芯微", "小米"]


def test_a_latin_name_stands_alone() -> None:
    assert LEXICON.find("rockchips") == ()


def test_headings_tell_topics() -> None:
    topics = {name.shown for name in LEXICON.names if name.topic}
    assert topics == {"瑞芯微", "甲厂"}


def test_what_a_text_numbers_is_a_topic_like_its_siblings() -> None:
    written = {"组串式": "组串式", "soc + mcu": "SoC + MCU"}
    lexicon = Lexicon(coined=("组串式", "soc + mcu", "雪夜世涛"), introduced=written)
    one, other = lexicon.find("组串式与soc+mcu")
    assert other.shown == "SoC + MCU"
    assert one.topic
    assert one.is_like(other)
    assert not lexicon.find("雪夜世涛")[0].topic
    assert lexicon.introduced("第二种是组串式,一簇一管理") == (one,)
    assert lexicon.introduced("组串式一簇一管理") == ()
    assert lexicon.introduced("第一种是组串式,第二种是soc + mcu") == ()


def test_synonyms() -> None:
    assert "营业收入" in LEXICON.alternatives("营收")
    assert LEXICON.alternatives("没有同义词") == {"没有同义词"}


def test_heading_names() -> None:
    assert heading_names("三、瑞芯微：全能型选手") == ("瑞芯微",)
    assert heading_names("（三）瑞芯微：全能型选手") == ("瑞芯微",)
    assert heading_names("(12) 瑞芯微：全能型选手") == ("瑞芯微",)
    assert heading_names("7.1 鹿鸣渡", {"鹿鸣渡"}) == ("鹿鸣渡",)
    assert heading_names("7.1 鹿鸣渡") == ()
    assert heading_names("一句没有名字的标题") == ()
    assert heading_names("七、钧曜电池与烁原新能：两家电池厂") == ("钧曜电池", "烁原新能")
    assert heading_names("成本与效率：两个难题") == ("成本与效率",)
    assert heading_names("方案三：SoC + MCU") == ("SoC + MCU", "方案三")


def test_part_numbers_are_joined_only_where_the_documents_join_them() -> None:
    known = {"rk3588", "stm32n6"}.__contains__
    assert part_numbers("rk 3588的价格", known) == ["rk3588"]
    assert part_numbers("stm 32n6 mcu", known) == ["stm32n6"]
    assert part_numbers("sold in 2025", known) == []
    assert squeeze("rk-35 88") == "rk3588"


def test_spelling_by_sound() -> None:
    speller = Speller(["晶晨", "喜马拉雅", "全志"])
    never = {"全职"}.__contains__
    assert speller.correct("晶辰和喜玛拉雅", never) == "晶晨和喜马拉雅"
    assert speller.correct("全职员工", never) == "全职员工"


def test_a_name_that_no_document_has_is_not_meant() -> None:
    unknown = Lexicon([("瑞芯微", "瑞芯")], [], known=lambda name: not name.startswith("瑞芯"))
    assert unknown.speller.correct("锐芯微的芯片", lambda word: False) == "锐芯微的芯片"
    assert (
        Lexicon([("瑞芯微",)]).speller.correct("锐芯微的芯片", lambda word: False).startswith("瑞")
    )
