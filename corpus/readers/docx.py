"""DOCX, with mammoth turning it into HTML by its styles."""

import io
import re

import mammoth

from corpus.extract import Extract, Writer
from corpus.readers.html import write_page
from corpus.zips import open_package

_TITLE = '<h1 class="of-document">'
_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1.of-document:fresh",
        "p[style-name='标题'] => h1.of-document:fresh",
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        *(f"p[style-name='heading {level}'] => h6:fresh" for level in range(7, 10)),
    ]
)
_HEADING = re.compile(r"(</?h)([1-5])(>)")
_TO_NOTE = re.compile(r'<a href="#(?:footnote|endnote)-ref-[^>]*>[^<]*</a>')


def read(content: bytes, name: str) -> Extract:
    """Read a document's headings, paragraphs, lists, tables and notes; its pictures are left."""
    open_package(content, name).close()
    found = mammoth.convert_to_html(
        io.BytesIO(content),
        style_map=_STYLES,
        # A picture that stands elsewhere is not asked for, and none is decoded.
        convert_image=lambda image: [],
        external_file_access=False,
    )
    source = _TO_NOTE.sub("", found.value)
    if _TITLE in source:
        # The title stands above the headings of the first level.
        source = _HEADING.sub(lambda m: f"{m[1]}{int(m[2]) + 1}{m[3]}", source)
        source = re.sub(rf"({re.escape(_TITLE)}.*?)</h\d>", r"\1</h1>", source)
    writer = Writer(name)
    write_page(f"<body>{source}</body>", writer, whole=True)
    return writer.extract()
