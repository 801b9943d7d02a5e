"""DOCX, XLSX, CSV and EPUB."""

import io
from datetime import date, datetime

import docx
import openpyxl
import pytest

from corpus.extract import Extract
from corpus.loading import load_bytes
from corpus.passages import structure
from corpus.readers import read
from tests.corpus.files import book, manual, word, workbook


def kinds(found: Extract) -> list[tuple[str, int, str]]:
    return [(b.kind.value, b.level, found.text[b.start : b.end]) for b in found.blocks]


class TestDocx:
    def test_structure(self) -> None:
        document = load_bytes(word(manual()), "手册.docx")
        assert document.title == "设备手册"
        assert document.text == (
            "设备手册\n\n一、安装\n\n设备应安装在室内。温度不得超过四十摄氏度。\n\n"
            "• 检查包装\n• 清点附件\n\n（一）规格\n\n"
            "型号 | 功率 | 重量\nTR-200 | 2.5千瓦 |\nTR-310 | 4千瓦 | 20千克\n\n"
            "1. 步骤甲\n2. 步骤乙"
        )
        parts = structure(document)
        assert [section.path for section in parts.sections] == [
            ("设备手册",),
            ("设备手册", "一、安装"),
            ("设备手册", "一、安装", "（一）规格"),
        ]
        sentences = [s for passage in parts.passages for s in passage.sentences]
        named = [s for s in sentences if s.header]
        assert [document.text[s.start : s.end] for s in named] == [
            "TR-200 | 2.5千瓦 |",
            "TR-310 | 4千瓦 | 20千克",
        ]
        assert {document.text[slice(*s.header)] for s in named if s.header} == {
            "型号 | 功率 | 重量"
        }

    def test_chapters_that_are_only_numbered(self) -> None:
        made = docx.Document()
        made.add_heading("管理办法", 0)
        lines = ["第一章 总则", "本办法适用于全体员工。", "（一）范围", "包括临时员工。"]
        for words in [*lines, "第二章 附则", "本办法自发布之日起施行。", "1、甲", "2、乙"]:
            made.add_paragraph(words)
        document = load_bytes(word(made), "办法.docx")
        assert [section.path for section in structure(document).sections] == [
            ("管理办法",),
            ("管理办法", "第一章 总则"),
            ("管理办法", "第一章 总则", "（一）范围"),
            ("管理办法", "第二章 附则"),
        ]


class TestWorkbook:
    def test_sheets_and_values(self) -> None:
        book = openpyxl.Workbook()
        first = book.worksheets[0]
        first.title = "销售"
        first.append(["2024年销售表"])
        first.append(["产品", "日期", "金额", "增幅"])
        first.append(["甲", date(2024, 5, 1), 0.1 + 0.2, 0.7197])
        first.append(["乙", datetime(2024, 5, 1, 8, 30), 12, None])
        first["D3"].number_format = "0.00%"
        hidden = book.create_sheet("隐藏")
        hidden.append(["密", "文"])
        hidden.sheet_state = "hidden"
        other = book.create_sheet("名单")
        other.append(["姓名", "电话"])
        other.append(["张三", "010-1"])
        stream = io.BytesIO()
        book.save(stream)
        found = read(stream.getvalue(), "表.xlsx", "xlsx")
        assert found.text == (
            "销售\n\n2024年销售表\n\n产品 | 日期 | 金额 | 增幅\n甲 | 2024-05-01 | 0.3 | 71.97%\n"
            "乙 | 2024-05-01 08:30:00 | 12 |\n\n名单\n\n姓名 | 电话\n张三 | 010-1"
        )
        names = [found.text[slice(*b.header)] for b in found.blocks if b.header]
        assert names == ["产品 | 日期 | 金额 | 增幅"] * 2 + ["姓名 | 电话"]
        assert [level for kind, level, _ in kinds(found) if kind == "heading"] == [1, 1]

    def test_a_cell_far_away(self) -> None:
        book = openpyxl.Workbook()
        book.worksheets[0]["A1"] = "甲"
        book.worksheets[0]["XFD1048576"] = "乙"
        stream = io.BytesIO()
        book.save(stream)
        assert "甲" in read(stream.getvalue(), "表.xlsx", "xlsx").text

    def test_many_rows_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from corpus.errors import TooLarge
        from corpus.readers import table

        monkeypatch.setattr(table, "MAX_ROWS", 50)
        content = workbook({"一": [["甲", "乙"]] * 30, "二": [["甲", "乙"]] * 30})
        with pytest.raises(TooLarge, match=r"表\.xlsx has more than 50 rows; split it"):
            read(content, "表.xlsx", "xlsx")


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    def test_rows(self, delimiter: str, encoding: str) -> None:
        lines = [["名称", "说明", "金额"], ["瑞芯微", '"一,二\n三"', "3"], ["全志", "", "4"], []]
        content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
        found = read(content, "表.csv", "csv")
        assert found.text == "名称 | 说明 | 金额\n瑞芯微 | 一,二三 | 3\n全志 |  | 4"
        assert [b.header for b in found.blocks] == [None, (0, 12), (0, 12)]

    def test_without_column_names(self) -> None:
        found = read(b"a,1,2\nb,3,4\n", "x.csv", "csv")
        assert kinds(found) == [("item", 0, "a | 1 | 2"), ("item", 0, "b | 3 | 4")]


PAGES = {
    "two": "<h1>第二章</h1><p>后来&#8230;&#8230;</p>",
    "one": "<h1>第一章</h1><p>从前有座山。</p>",
    "loose": "<p>不在书脊里</p>",
}


class TestEpub:
    def test_the_spine_is_the_order(self) -> None:
        document = load_bytes(book("山的故事", PAGES, ["one", "two", "none"]), "山.epub")
        assert document.title == "山的故事"
        assert document.text == "第一章\n\n从前有座山。\n\n第二章\n\n后来……"
        assert [s.path for s in structure(document).sections] == [("第一章",), ("第二章",)]

    def test_paths_lead_nowhere(self) -> None:
        found = read(
            book(
                "书",
                {"../../../../etc/passwd": "", "one": "<p>文</p>"},
                ["../../../../etc/passwd", "one"],
            ),
            "书.epub",
            "epub",
        )
        assert found.text == "文"
