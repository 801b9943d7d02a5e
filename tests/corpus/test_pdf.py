"""PDF: paragraphs, headings, tables and pages."""

import pytest

from corpus.document import Document
from corpus.loading import load_bytes
from corpus.passages import structure
from corpus.readers import read
from tests.corpus.files import pdf

LONG = (
    "本设备应安装在通风良好的室内，环境温度不得超过四十摄氏度，相对湿度不得高于百分之八十五。"
    "安装之前请先检查包装是否完好，如果有破损请立即联系供应商更换。"
)
ENGLISH = (
    "The controller reads the configuration from the information block and refuses every value "
    "that it does not know."
)
TABLE = [["型号", "功率", "重量"], ["TR-200", "2.5千瓦", "18千克"], ["TR-310", "4千瓦", ""]]


@pytest.fixture(scope="module")
def document() -> Document:
    parts = [("h1", "设备维护手册")]
    for number in (1, 2, 3):
        words = LONG.replace("四十", f"四十{number}")
        parts += [("h2", f"第{number}章 安装"), ("p", words), ("p", "保修期为三年。")]
        parts += [("en", ENGLISH), ("table", TABLE), ("page", "")]
    return load_bytes(pdf(parts, head="维护手册 2024版", title="a.docx"), "手册.pdf")


def test_text(document: Document) -> None:
    page = (
        "第{0}章 安装\n\n{1}\n\n保修期为三年。\n\n{2}\n\n"
        "型号 | 功率 | 重量\nTR-200 | 2.5千瓦 | 18千克\nTR-310 | 4千瓦 |"
    )
    pages = [page.format(n, LONG.replace("四十", f"四十{n}"), ENGLISH) for n in (1, 2, 3)]
    assert document.text == "\n\n".join(["设备维护手册", *pages])
    assert document.title == "设备维护手册"


def test_pages(document: Document) -> None:
    parts = structure(document)
    assert len(document.pages) == 3
    for passage in parts.passages:
        words = document.text[passage.start : passage.end]
        section = parts.sections[passage.section]
        assert section.path[-1] == f"第{passage.page}章 安装"
        assert "四十" not in words or f"四十{passage.page}" in words
    assert {passage.page for passage in parts.passages} == {1, 2, 3}


def test_sections_and_rows(document: Document) -> None:
    parts = structure(document)
    assert [section.path for section in parts.sections] == [
        ("设备维护手册",),
        *(("设备维护手册", f"第{number}章 安装") for number in (1, 2, 3)),
    ]
    named = [s for p in parts.passages for s in p.sentences if s.header]
    assert [document.text[s.start : s.end] for s in named] == [
        "TR-200 | 2.5千瓦 | 18千克",
        "TR-310 | 4千瓦 |",
    ] * 3
    assert {document.text[slice(*s.header)] for s in named if s.header} == {"型号 | 功率 | 重量"}


def test_a_paragraph_goes_on_over_the_page() -> None:
    rule = "编号{0}的规定要求员工应当按时到岗并且如实登记自己的工作时间共{0}项。"
    sentences = [rule.format(n) for n in range(90)]
    found = load_bytes(pdf([("p", "".join(sentences))]), "长.pdf")
    assert found.text == "".join(sentences)
    assert len(found.pages) > 1
    passages = structure(found).passages
    assert [p.page for p in passages] == sorted(p.page or 0 for p in passages)
    assert passages[-1].page == len(found.pages)
    turned = next(p for p in passages if p.page == 2)
    assert turned.start >= found.pages[1]
    assert turned.start - found.pages[1] < 40


def test_a_table_goes_on_over_the_page() -> None:
    rows = [["编号", "名称"], *([f"N{n}", f"零件{n}号"] for n in range(80))]
    found = read(pdf([("table", rows)]), "表.pdf", "pdf")
    assert found.text == "\n".join(" | ".join(row) for row in rows)
    assert {b.header for b in found.blocks} == {None, (0, 7)}
    assert len(found.pages) > 1


def test_hyphens_are_joined() -> None:
    words = "Some words that stand before the infor-<br/>mation follows in the next line."
    assert "before the information follows" in read(pdf([("en", words)]), "x.pdf", "pdf").text


def test_two_columns() -> None:
    import io

    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    from tests.corpus.files import SONG

    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.setFont(SONG, 10)
    for line in range(20):
        canvas.drawString(60, 780 - line * 14, f"左栏第{line:02}行的文字一直写到栏边为止共二")
        canvas.drawString(320, 780 - line * 14, f"右栏第{line:02}行的文字一直写到栏边为止共二")
    canvas.save()
    text = read(stream.getvalue(), "栏.pdf", "pdf").text
    assert text.count("左栏") == text.count("右栏") == 20
    assert text.rindex("左栏") < text.index("右栏")
