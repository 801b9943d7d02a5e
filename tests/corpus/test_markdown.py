"""Markdown source to blocks: marks outside the ranges, words inside them."""

import pytest
from hypothesis import given

from corpus.blocks import Block, BlockKind
from corpus.markdown import markdown_blocks
from tests.corpus.texts import PROPERTY, TEXTS


def read(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, text[block.start : block.end]) for block in markdown_blocks(text)]


def headings(text: str) -> list[tuple[int, str]]:
    return [
        (block.level, text[block.start : block.end])
        for block in markdown_blocks(text)
        if block.kind is BlockKind.HEADING
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# 一\n\n## 二 ##\n\n正文。", [(1, "一"), (2, "二")]),
        ("###### 六", [(6, "六")]),
        ("一\n===\n\n二\n---\n\n正文。", [(1, "一"), (2, "二")]),
        ("# 一\r\n\r\n正文。\r\n## 二\r\n", [(1, "一"), (2, "二")]),
        ("# 一\r## 二\r", [(1, "一"), (2, "二")]),
        ("> # 引文里的标题", [(1, "引文里的标题")]),
        ("# C #\n# `C#` 语言", [(1, "C"), (1, "`C#` 语言")]),
        ("#没有空格\n\n    # 代码", []),
        ("#\n\n正文。", []),
    ],
)
def test_headings(text: str, found: list[tuple[int, str]]) -> None:
    assert headings(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一段\n两行。\n\n另一段。", [("paragraph", "一段\n两行。"), ("paragraph", "另一段。")]),
        ("一段。\r\n\r\n另一段。\r\n", [("paragraph", "一段。"), ("paragraph", "另一段。")]),
        ("- 甲\n- 乙\n* 丙\n+ 丁", [("item", word) for word in "甲乙丙丁"]),
        ("1. 甲\n2) 乙", [("item", "甲"), ("item", "乙")]),
        ("- [ ] 甲\n- [x] 乙", [("item", "甲"), ("item", "乙")]),
        ("- 甲\n\n  再说\n  - 乙", [("item", "甲"), ("item", "再说"), ("item", "乙")]),
        ("- 甲\n\n段落。", [("item", "甲"), ("paragraph", "段落。")]),
        ("> 引文。", [("paragraph", "引文。")]),
        ("```py\nx = 1\n```\n", [("code", "```py\nx = 1\n```")]),
        ("<div>\n甲\n</div>", [("code", "<div>\n甲\n</div>")]),
        ("一\n\n***\n\n二", [("paragraph", "一"), ("paragraph", "二")]),
        ("喜欢 C #", [("paragraph", "喜欢 C #")]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_bodies(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


def test_a_table_row_knows_its_header() -> None:
    text = (
        "前文\n\n| 型号 | 价格 |\n|:-:|---|\n| A1 | 10 |\n| B2 | 2.5 |\n\n甲 | 乙\n--|--\n丙 | 丁\n"
    )
    rows = [block for block in markdown_blocks(text) if block.kind is BlockKind.ROW]

    def words(found: Block) -> tuple[str, str | None]:
        return text[found.start : found.end], found.header and text[slice(*found.header)]

    assert [words(row) for row in rows] == [
        ("型号 | 价格", None),
        ("A1 | 10", "型号 | 价格"),
        ("B2 | 2.5", "型号 | 价格"),
        ("甲 | 乙", None),
        ("丙 | 丁", "甲 | 乙"),
    ]


class TestFrontMatter:
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_it_belongs_to_no_block(self, end: str) -> None:
        text = end.join(["---", "title: 甲", "tags: [a, b]", "---", "", "# 标题", "", "正文。"])
        assert read(text) == [("heading", "标题"), ("paragraph", "正文。")]

    def test_it_stands_at_the_very_beginning(self) -> None:
        assert ("heading", "a: 1") in read("正文。\n\n---\na: 1\n---\n")

    def test_prose_between_two_rules_is_none(self) -> None:
        text = "---\n\n第一段，不是元数据。\n\n---\n\n第二段。\n"
        assert read(text) == [
            ("paragraph", "第一段，不是元数据。"),
            ("paragraph", "第二段。"),
        ]


@given(TEXTS)
@PROPERTY
def test_blocks_are_in_order_and_trimmed(text: str) -> None:
    last = 0
    for block in markdown_blocks(text):
        assert last <= block.start < block.end <= len(text)
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        assert (block.level > 0) == (block.kind is BlockKind.HEADING)
        last = block.end
