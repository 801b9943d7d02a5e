from corpus.folding import fold
from corpus.segmentation import Segmenter
from qa.naming import coined, introduced, quoted, row_keys

TEXTS = [
    fold(text)
    for text in (
        "鹿鸣渡是集团的啤酒品牌。溪口厂灌装鹿鸣渡，厂长另有其人。",
        "2025年鹿鸣渡卖得最好；石埠厂今年扩建。溪口厂位于临溪市。",
        "代言人替鹿鸣渡拍了广告。石埠厂与溪口厂共用一条铁路，石埠厂的污水站在东面。",
    )
]


def names(segmenter: Segmenter, never: frozenset[str] = frozenset("的与在是")) -> set[str]:
    return set(coined(TEXTS, segmenter.words, segmenter.is_word, never))


def test_finds_what_keeps_together_everywhere(segmenter: Segmenter) -> None:
    found = names(segmenter)
    assert {"鹿鸣渡", "溪口厂", "石埠厂"} <= found
    assert not any(piece in found for piece in ("鹿鸣", "鸣渡", "溪口", "厂长"))


def test_words_of_the_dictionary_and_rare_ones_are_not_coined(segmenter: Segmenter) -> None:
    assert not names(segmenter) & {"品牌", "临溪市", "污水站"}


def test_what_belongs_to_no_name_ends_one(segmenter: Segmenter) -> None:
    assert "溪口厂" not in names(segmenter, frozenset("的与在是厂"))


def test_quotation_marks_name_things_but_not_sentences() -> None:
    text = fold("新品“雪夜世涛”与《渡口手册》；他说“今年会更好，明年也是”。")
    assert list(quoted([text])) == ["雪夜世涛", "渡口手册"]


def test_first_cells_name_what_rows_are_about() -> None:
    rows = [fold(row) for row in ("雁坪厂 | 412人", "2025 | 7", "周末班\t九点", "没有第二格")]
    assert list(row_keys(rows)) == ["雁坪厂", "周末班"]


def test_a_number_introduces_what_an_enumeration_has() -> None:
    text = "第一种，系统级SoC。第二种是组串式方案，便宜；第三种叫“共担备货”：各出一半。"
    assert introduced(text) == {
        "系统级soc": "系统级SoC",
        "组串式": "组串式",
        "共担备货": "共担备货",
    }


def test_other_numbers_introduce_nothing() -> None:
    assert introduced("第一季度是淡季。第一是关税，第二年是丰年；一种是便宜的。") == {}
