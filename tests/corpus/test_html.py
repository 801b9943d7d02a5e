"""HTML: what is content, and what its structure is."""

import pytest

from corpus.blocks import BlockKind
from corpus.document import Document
from corpus.extract import Extract
from corpus.loading import load_bytes
from corpus.passages import structure
from corpus.readers import read

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>退款 说明 </title>
<style>p{color:red}</style></head><body>
<header><a href="/">首页</a></header><nav><ul><li>产品</li></ul></nav>
<main><h1>退款政策</h1>
<p>七天之内
可以<b>无理由</b>退款。<br>超过七天不退。</p>
<div hidden>看不见</div><p style="display: none">也看不见</p>
<h2>步骤</h2><ol start="3"><li>打开订单<ul><li>点“退款”</li></ul></li><li>提交</li></ol>
<pre>if a:
    b</pre>
</main><aside>广告</aside><footer>版权所有</footer><script>alert(1)</script></body></html>"""


def extracted(source: str) -> Extract:
    return read(source.encode(), "甲.html", "html")


def rows(source: str) -> list[tuple[str, str]]:
    found = extracted(source)
    return [
        (found.text[b.start : b.end], found.text[slice(*b.header)] if b.header else "")
        for b in found.blocks
    ]


def test_a_page() -> None:
    found = extracted(PAGE)
    assert found.title == "退款 说明"
    assert found.text == (
        "退款政策\n\n七天之内可以无理由退款。\n超过七天不退。\n\n步骤\n\n"
        "3. 打开订单\n  • 点“退款”\n4. 提交\n\nif a:\n    b"
    )
    blocks = [(b.kind.value, b.level, found.text[b.start : b.end]) for b in found.blocks]
    assert blocks == [
        ("heading", 1, "退款政策"),
        ("paragraph", 0, "七天之内可以无理由退款。"),
        ("paragraph", 0, "超过七天不退。"),
        ("heading", 2, "步骤"),
        ("item", 0, "打开订单"),
        ("item", 0, "点“退款”"),
        ("item", 0, "提交"),
        ("code", 0, "if a:\n    b"),
    ]


def test_headings_are_section_paths() -> None:
    document = load_bytes(PAGE.encode(), "甲.html")
    assert isinstance(document, Document)
    assert document.format == "html"
    parts = structure(document)
    assert [section.path for section in parts.sections] == [("退款政策",), ("退款政策", "步骤")]
    (first, *_) = parts.passages
    assert document.text[first.start : first.end] == "七天之内可以无理由退款。\n超过七天不退。"
    assert first.page is None


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "<tr><th>型号</th><th>功率</th></tr><tr><td>甲|乙</td><td></td></tr>",
            [("型号 | 功率", ""), ("甲¦乙 |", "型号 | 功率")],
        ),
        (
            "<thead><tr><td rowspan=2>公司</td><td colspan=2>营收</td></tr>"
            "<tr><td>2023</td><td>2024</td></tr></thead>"
            "<tr><td>瑞芯微</td><td>21亿</td><td>31亿</td></tr>",
            [
                ("公司 | 营收 2023 | 营收 2024", ""),
                ("瑞芯微 | 21亿 | 31亿", "公司 | 营收 2023 | 营收 2024"),
            ],
        ),
        (
            "<tr><th>类</th><th>名</th></tr><tr><td rowspan=2>水果</td><td>梨</td></tr>"
            "<tr><td>桃</td></tr>",
            [("类 | 名", ""), ("水果 | 梨", "类 | 名"), ("水果 | 桃", "类 | 名")],
        ),
        (
            "<tr><td>名称</td><td>数量</td></tr><tr><td>梨</td><td>3</td></tr>",
            [("名称 | 数量", ""), ("梨 | 3", "名称 | 数量")],
        ),
        (
            "<tr><th>法人</th><td>张三</td></tr><tr><th>地址</th><td>上海</td></tr>",
            [("法人 | 张三", ""), ("地址 | 上海", "")],
        ),
        ("<tr><td><p>一段</p><p>二段</p></td></tr>", [("一段", ""), ("二段", "")]),
    ],
)
def test_tables(table: str, expected: list[tuple[str, str]]) -> None:
    assert rows(f"<table>{table}</table>") == expected


def test_an_absurd_span_costs_nothing() -> None:
    found = extracted("<table><tr><td colspan=9999 rowspan=9999>甲</td><td>乙</td></tr></table>")
    assert len(found.text) < 2000


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "<form><p>很长的正文在一个大表单里。</p><input value=x></form>",
            "很长的正文在一个大表单里。",
        ),
        ("<form><p>正文。</p><script>if (a) { long(); }</script></form>", "正文。"),
        ("<p>正文很长很长很长很长。</p><form>搜索</form>", "正文很长很长很长很长。"),
        ("<article><header><h1>题</h1></header><p>文</p></article>", "题\n\n文"),
        (
            "<p>短</p><main>也短</main>此外还有很长很长很长的话",
            "短\n\n也短\n\n此外还有很长很长很长的话",
        ),
        ("<ruby>汉<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>字", "汉字"),
        ("甲&nbsp;&lt;乙&gt;&#x4e19;", "甲 <乙>丙"),
        ("<dl><dt>词</dt><dd>义</dd></dl>", "词\n义"),
        ("a\nb<p>c", "a b\n\nc"),
    ],
)
def test_what_is_content(source: str, text: str) -> None:
    assert extracted(source).text == text


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gb18030"), ("GBK", "gbk"), ("big5", "big5"), ("utf-8", "utf-8"), ("", "gb18030")],
)
def test_encodings(declared: str, encoding: str) -> None:
    meta = f'<meta http-equiv="content-type" content="text/html; charset={declared}">'
    page = f"<html><head>{meta if declared else ''}</head><body><p>這是一個標題，內容。"
    assert "這是一個標題，內容。" in read(page.encode(encoding), "甲.htm", "html").text


def test_deep_nesting_is_read() -> None:
    found = extracted("<div>" * 200 + "深处" + "</div>" * 200)
    assert found.text == "深处"
    assert found.blocks[0].kind is BlockKind.PARAGRAPH


def test_html_under_a_text_files_name_stays_text() -> None:
    assert load_bytes(PAGE.encode(), "甲.txt").text == PAGE
