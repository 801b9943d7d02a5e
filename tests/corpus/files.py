"""Real files of each format, made by the libraries that programs write them with."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
import openpyxl
from docx.document import Document as Word
from reportlab.lib import colors, pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

SONG = "STSong-Light"
_STYLES = {
    "h1": ParagraphStyle("h1", fontName=SONG, fontSize=20, leading=30, spaceAfter=10),
    "h2": ParagraphStyle("h2", fontName=SONG, fontSize=15, leading=24, spaceAfter=8),
    "p": ParagraphStyle(
        "p", fontName=SONG, fontSize=11, leading=17, firstLineIndent=22, wordWrap="CJK"
    ),
    "en": ParagraphStyle("en", fontName="Times-Roman", fontSize=11, leading=14, spaceBefore=9),
}
_RULED = [("FONT", (0, 0), (-1, -1), SONG, 10), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]


def pdf(
    parts: Sequence[tuple[str, Any]],
    *,
    head: str = "",
    title: str = "",
    password: str | None = None,
) -> bytes:
    """A PDF of parts ("h1", "h2", "p", "en", "table" or "page"), with running heads."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    story: list[Flowable] = []
    for kind, value in parts:
        if kind == "page":
            story.append(PageBreak())
        elif kind == "table":
            story.append(Table(value, style=_RULED))
        else:
            story.append(Paragraph(value, _STYLES[kind]))

    def decorate(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(SONG, 9)
        canvas.drawString(60, A4[1] - 30, head)
        canvas.drawCentredString(300, 25, f"第 {document.page} 页")

    stream = io.BytesIO()
    encrypt = pdfencrypt.StandardEncryption(password) if password is not None else None
    made = SimpleDocTemplate(stream, pagesize=A4, title=title, encrypt=encrypt)
    made.build(story, onFirstPage=decorate, onLaterPages=decorate)
    return stream.getvalue()


def scan(pages: int) -> bytes:
    """A PDF whose pages are pictures."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    picture = ImageReader(Image.new("L", (60, 80), 200))
    for _ in range(pages):
        canvas.drawImage(picture, 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def word(document: Word) -> bytes:
    """A DOCX of a document made with python-docx."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def manual() -> Word:
    """A document with a title, headings, lists and a table."""
    made = docx.Document()
    made.add_heading("设备手册", 0)
    made.add_heading("一、安装", 1)
    made.add_paragraph("设备应安装在室内。温度不得超过四十摄氏度。")
    made.add_paragraph("检查包装", style="List Bullet")
    made.add_paragraph("清点附件", style="List Bullet")
    made.add_heading("（一）规格", 2)
    table = made.add_table(3, 3)
    cells = ["型号", "功率", "重量", "TR-200", "2.5千瓦", "", "TR-310", "4千瓦", "20千克"]
    for place, words in enumerate(cells):
        table.cell(*divmod(place, 3)).text = words
    made.add_paragraph("步骤甲", style="List Number")
    made.add_paragraph("步骤乙", style="List Number")
    return made


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An XLSX of sheets of rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    """A ZIP of members by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


def locked(content: bytes) -> bytes:
    """A ZIP whose members say that they need a password."""
    marked = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


_CONTAINER = """<?xml version="1.0"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"""
_OPF = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></metadata>
<manifest>{items}</manifest><spine>{refs}</spine></package>"""
_PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>
<body><a id="x"/>{body}</body></html>"""


def book(title: str, pages: Mapping[str, str], order: Sequence[str], **more: bytes) -> bytes:
    """An EPUB of XHTML pages whose spine is `order`; `more` are further members."""
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in pages
    )
    refs = "".join(f'<itemref idref="{name}"/>' for name in order)
    return archive(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": _CONTAINER.encode(),
            "OEBPS/book.opf": _OPF.format(title=title, items=items, refs=refs).encode(),
            **{f"OEBPS/{n}.xhtml": _PAGE.format(body=b).encode() for n, b in pages.items()},
            **{name.replace("__", "/"): content for name, content in more.items()},
        }
    )
