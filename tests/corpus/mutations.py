"""Files of every format, changed at random, and what must hold of whatever is read from them."""

import io
import zipfile
from functools import cache
from itertools import pairwise

from docx.enum.style import WD_STYLE_TYPE
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import WenjuError
from corpus.extract import Extract
from corpus.loading import Failure, load_each
from corpus.passages import structure
from corpus.readers import READERS, read
from tests.corpus.files import archive, book, manual, pdf, word, workbook
from tests.corpus.texts import CHINESE

PAGE = (
    "<html><head><meta charset=utf-8><title>题</title></head><body><main><h1>一</h1><p>甲<br>乙"
    "<ul><li>子<ol start=2><li>丑</ol></ul><table><tr><th rowspan=2>名<th colspan=3>值<tr><td>1"
    "</table><pre> x\n y</pre><form hidden>z</form></main></body></html>"
)
MARKDOWN = (
    '---\ntitle: 题\n---\n# 一 {#a}\n甲**乙**[丙](http://a.cn "t")\n\n- 子\n  1. 丑\n\n'
    "| 名 | 值 |\n|---|:-:|\n| 1 | `2|3` |\n\n> 引\n\n```py\nx\n```\n<b>y</b>&amp;\n\n二\n==\n"
)
PLAIN = "第一章 总则\n\n一、目的\n为了……（见附件）。\n  （一）范围：\t“全部”。\n1.1 型号 RK3588.\n"
PACKED = ("docx", "xlsx", "epub", "zip")
"""Formats that are ZIP archives: a change of their bytes seldom gets past the decompression."""
FORMS = ("txt", "md", *READERS, "zip")
"""Extensions of everything that is read."""
_SPICE = st.sampled_from(
    (
        *(b"<", b">", b"/", b"&#x0;", b"&#xd800;", b"\xff", b"\0", b'"', b"\n", b",", b"|", b"="),
        *(b"-1", b"99999999999", b"1e999", b"R", b"obj", b"[", b"(", b")", b"\xe3\x80\x80"),
        *(b"\xf0\x9f\x92", b"\xef\xbb\xbf", b"\xff\xfe", b"\xa1\xa1", b"\x1b$B"),
    )
)


def _small() -> bytes:
    """The manual without the template's table styles, which take most of the time to read."""
    made = manual()
    for style in [each for each in made.styles if each.type == WD_STYLE_TYPE.TABLE]:
        style.delete()
    return word(made)


@cache
def whole(form: str) -> bytes:
    """A whole file of a format."""
    parts = [("h1", "题"), ("p", "正文。"), ("table", [["甲", "乙"], ["1", "2"]])]
    return {
        "txt": PLAIN.encode,
        "md": MARKDOWN.encode,
        "html": PAGE.encode,
        "docx": _small,
        "pdf": lambda: pdf(parts),
        "csv": lambda: '甲,乙\n1,"2\n3"\n'.encode("gb18030"),
        "xlsx": lambda: workbook({"一": [["甲", "乙"], [1, 2.5]]}),
        "epub": lambda: book("书", {"one": "<h1>章</h1><p>文</p>"}, ["one"]),
        "zip": lambda: archive({"a.txt": b"text", "b.md": b"# b"}),
    }[form]()


@cache
def members(form: str) -> dict[str, bytes]:
    """A whole file's members, of a packed format."""
    with zipfile.ZipFile(io.BytesIO(whole(form))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@st.composite
def changed(draw: st.DrawFn, original: bytes) -> bytes:
    """Bytes of which some are changed, cut out, put in or said again."""
    content = bytearray(original)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        gone = draw(st.sampled_from([0, 0, 1, 4, 100]))
        put = st.binary(max_size=8) | _SPICE | st.just(bytes(content[at : at + 40] * 3))
        content[at : at + gone] = draw(put)
    return bytes(content)


@st.composite
def repacked(draw: st.DrawFn, form: str) -> bytes:
    """A packed file of which one or two members are changed, so that its reader gets to them."""
    parts = dict(members(form))
    for name in draw(st.lists(st.sampled_from(sorted(parts)), min_size=1, max_size=2)):
        parts[name] = draw(changed(parts[name]))
    return archive(parts)


def files(form: str) -> st.SearchStrategy[bytes]:
    """Files that are nearly of a format, and bytes that are not."""
    nearly = changed(whole(form))
    if form in PACKED:
        nearly |= repacked(form)
    if form in ("txt", "md"):
        nearly |= CHINESE.map(lambda text: text.encode("utf-8", "replace"))
    if form == "html":
        nearly |= markup()
    return nearly | st.binary(max_size=300)


def markup() -> st.SearchStrategy[bytes]:
    """What looks like HTML."""
    signs = st.sampled_from("<>/=\"' !-&;#abhlprtdu12甲。\n\t\0\ud800")
    return st.text(signs, max_size=300).map(lambda text: text.encode("utf-8", "replace"))


def check(found: Extract) -> None:
    """Assert what every extract promises."""
    assert found.text.encode("utf-8")
    assert "\0" not in found.text
    for block in found.blocks:
        words = found.text[block.start : block.end]
        assert words.strip()
        assert block.header is None or block.header[1] <= block.start
    for one, other in pairwise(found.blocks):
        assert one.end < other.start
    assert list(found.pages) == sorted(found.pages)
    document = Document("0" * 16, "题", "", "html", found.text, found.blocks, found.pages)
    said = check_structure(document)
    assert said or all(block.level for block in found.blocks)


def check_structure(document: Document) -> int:
    """Assert that a document's parts lie within it, in order; return the characters in them."""
    parts = structure(document)
    for one, other in pairwise(parts.passages):
        assert one.end <= other.start
    for passage in parts.passages:
        for part in (passage, *passage.sentences):
            assert passage.start <= part.start < part.end <= passage.end <= len(document.text)
    return sum(len("".join(document.text[p.start : p.end].split())) for p in parts.passages)


def check_file(content: bytes, form: str) -> str:
    """Read a file as an upload; assert what holds of it, and return the message if it was refused.

    The readers are called in this process: one for each file would be most of the time.
    """
    name = f"甲.{form}"
    documents: tuple[Document, ...] = ()
    failures: tuple[Failure, ...] = ()
    refused = ""
    try:
        if form in READERS:
            check(read(content, name, form))
            return ""
        documents, failures = load_each(content, name)
    except WenjuError as error:
        refused = str(error)
    assert documents or failures or name in refused
    for document in documents:
        assert document.text.encode("utf-8")
        check_structure(document)
    return refused
