"""Plain text to blocks: which lines are headings, and which only look like some."""

import pytest
from hypothesis import given

from corpus.blocks import BlockKind
from corpus.plain import LONGEST_HEADING, plain_blocks
from tests.corpus.texts import PROPERTY, TEXTS

BODY = "这里是一段正文，它有句号，因此不会是标题。"


def read(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, text[block.start : block.end]) for block in plain_blocks(text)]


def headings(text: str) -> list[tuple[int, str]]:
    return [
        (block.level, text[block.start : block.end])
        for block in plain_blocks(text)
        if block.kind is BlockKind.HEADING
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "第一章 总则",
        "第十二节 附则",
        "Chapter 3 Results",
        "一、目的",
        "（一）范围",
        "(二)范围",
        "1. 定义",
        "1、定义",
        "1.2 目标",
        "1.2.3 细则",
        "01 开头",
        "02 谁在认真做AI？",
        "（1）说明",
        "① 说明",
        "瑞芯微：全能型选手",
        "短标题",
        "  缩进的标题  ",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_a_heading_stands_over_its_text(heading: str, end: str) -> None:
    text = end.join([BODY, heading, BODY, "另一个标题在这里", BODY])
    assert (1, heading.strip()) in headings(text) or (2, heading.strip()) in headings(text)
    assert [kind for kind, _ in read(text)].count("heading") == 2


@pytest.mark.parametrize(
    "line",
    [
        "这一行有句号。",
        "这一行以逗号结尾，",
        "谁在认真做？",
        "字" * (LONGEST_HEADING + 1),
        "2025-01-26",
        "- 列表项",
        "型号\t价格",
        "单价：3 元",
    ],
)
def test_no_heading(line: str) -> None:
    assert headings("\n".join([BODY, line, BODY])) == []


def test_levels_follow_the_numbering_styles_in_use() -> None:
    lines = ["第一章 总则", "一、目的", "（一）范围", "1. 定义", "短标题"]
    text = "\n".join(line for heading in lines for line in (heading, BODY))
    assert headings(text) == list(enumerate(lines, 1))


def test_headings_may_follow_each_other_downwards() -> None:
    text = f"第一章 总则\n一、目的\n{BODY}\n二、范围\n{BODY}"
    assert headings(text) == [(1, "第一章 总则"), (2, "一、目的"), (2, "二、范围")]


@pytest.mark.parametrize(
    "lines",
    [
        ["1. 苹果", "2. 香蕉", "3. 橙子"],
        ["（一）苹果", "（二）香蕉"],
        ["① 苹果", "② 香蕉"],
        ["一、苹果", "二、香蕉"],
    ],
)
def test_numbered_lines_in_a_row_are_a_list(lines: list[str]) -> None:
    text = "\n".join([BODY, *lines, BODY])
    assert read(text) == [
        ("paragraph", BODY),
        *(("item", line) for line in lines),
        ("paragraph", BODY),
    ]


def test_verses_are_no_headings() -> None:
    assert headings("床前明月光\n疑是地上霜\n举头望明月\n低头思故乡\n") == []


def test_the_last_line_heads_nothing() -> None:
    assert headings(f"{BODY}\n落款") == []


def test_bullets_stay_outside() -> None:
    assert read("- 甲项\n• 乙项\n\t·\u3000丙项") == [
        ("item", "甲项"),
        ("item", "乙项"),
        ("item", "丙项"),
    ]


def test_lines_with_tabs_are_a_table() -> None:
    text = f"型号\t价格\nA1\t10\nB2\t2.5\n{BODY}\n丙\t丁\n"
    rows = [block for block in plain_blocks(text) if block.kind is BlockKind.ROW]
    assert [row.header and text[slice(*row.header)] for row in rows] == [
        None,
        "型号\t价格",
        "型号\t价格",
        None,
    ]


class TestWrappedLines:
    FIRST = "这一行被右边距折断，它足够长，长过任何一个短短的标题，而且末尾也不像一句话的结尾，所以"

    def test_they_are_one_paragraph(self) -> None:
        text = f"{self.FIRST}\n接着这一行。\n{BODY}"
        assert read(text) == [("paragraph", f"{self.FIRST}\n接着这一行。"), ("paragraph", BODY)]

    @pytest.mark.parametrize("following", ["\n隔了一个空行。", "- 列表项", "1. 列表项", "甲\t乙"])
    def test_what_begins_anew_is_another(self, following: str) -> None:
        assert read(f"{self.FIRST}\n{following}\n{BODY}")[0] == ("paragraph", self.FIRST)

    def test_short_lines_stand_alone(self) -> None:
        assert read("甲方名称\n乙方名称\n丙方名称") == [
            ("paragraph", "甲方名称"),
            ("paragraph", "乙方名称"),
            ("paragraph", "丙方名称"),
        ]


@given(TEXTS)
@PROPERTY
def test_blocks_are_in_order_trimmed_and_lose_only_bullets(text: str) -> None:
    last = 0
    for block in plain_blocks(text):
        assert last <= block.start < block.end <= len(text)
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        assert len(text[last : block.start].split()) <= (block.kind is BlockKind.ITEM)
        last = block.end
    assert not text[last:].strip()


@pytest.mark.parametrize("gap", ["\u3000", "  ", "   \u3000"])
def test_a_table_set_with_gaps(gap: str) -> None:
    rows = [
        gap.join(row)
        for row in (("公司", "毛利率", "人数"), ("甲", "3.1%", "18人"), ("乙", "2%", "7人"))
    ]
    text = "\n".join([BODY, "", *rows, "", BODY])
    blocks = [block for block in plain_blocks(text) if block.kind is BlockKind.ROW]
    assert [text[block.start : block.end] for block in blocks] == rows
    header = (blocks[0].start, blocks[0].end)
    assert [block.header for block in blocks] == [None, header, header]


@pytest.mark.parametrize(
    "lines",
    [
        ["甲  乙  丙", "一  二  三"],
        ["床前明月光  疑是地上霜", "举头望明月  低头思故乡", "一行诗  又一行诗"],
        ["甲  乙  丙", "一  二  三  四", "子  丑  寅"],
        ["他说  好  的。", "我说  不  行。", "谁说  都  行。"],
    ],
)
def test_gaps_alone_make_no_table(lines: list[str]) -> None:
    assert not any(kind == "row" for kind, _ in read("\n".join(lines)))
