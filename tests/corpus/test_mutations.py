"""Whatever bytes come, a reader ends in an extract that keeps its promises or in our own error."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import WenjuError
from corpus.extract import Extract
from corpus.loading import load_each
from corpus.passages import structure
from corpus.readers import READERS, read
from tests.corpus.files import archive, book, manual, pdf, word, workbook

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAGE = (
    "<html><head><meta charset=utf-8><title>题</title></head><body><main><h1>一</h1><p>甲<br>乙"
    "<ul><li>子<ol start=2><li>丑</ol></ul><table><tr><th rowspan=2>名<th colspan=3>值<tr><td>1"
    "</table><pre> x\n y</pre><form hidden>z</form></main></body></html>"
)


@cache
def whole(form: str) -> bytes:
    """A whole file of a format."""
    return {
        "html": lambda: PAGE.encode(),
        "docx": lambda: word(manual()),
        "pdf": lambda: pdf([("h1", "题"), ("p", "正文。"), ("table", [["甲", "乙"], ["1", "2"]])]),
        "csv": lambda: '甲,乙\n1,"2\n3"\n'.encode("gb18030"),
        "xlsx": lambda: workbook({"一": [["甲", "乙"], [1, 2.5]]}),
        "epub": lambda: book("书", {"one": "<h1>章</h1><p>文</p>"}, ["one"]),
        "zip": lambda: archive({"a.txt": b"text", "b.md": b"# b"}),
    }[form]()


@st.composite
def mutated(draw: st.DrawFn, form: str) -> bytes:
    """A file with some bytes changed, cut out or put in."""
    content = bytearray(whole(form))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        gone = draw(st.sampled_from([0, 0, 1, 4, 100]))
        content[at : at + gone] = draw(st.binary(max_size=8))
    return bytes(content)


def check(found: Extract) -> None:
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
    parts = structure(document)
    said = sum(len("".join(found.text[p.start : p.end].split())) for p in parts.passages)
    assert said or all(block.level for block in found.blocks)


@pytest.mark.parametrize("form", READERS)
def test_changed_files(form: str) -> None:
    outcomes = []

    @FEW
    @given(mutated(form) | st.binary(max_size=300))
    def run(content: bytes) -> None:
        try:
            found = read(content, "甲", form)
        except WenjuError as error:
            outcomes.append(str(error))
        else:
            check(found)

    run()
    check(read(whole(form), "甲", form))
    assert all("甲" in message for message in outcomes)


@FEW
@given(mutated("zip") | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_changed_archives(content: bytes) -> None:
    documents, failures = (), ()
    message = ""
    try:
        documents, failures = load_each(content, "甲.zip")
    except WenjuError as error:
        message = str(error)
    assert documents or failures or "甲.zip" in message


@FEW
@given(st.text(st.sampled_from("<>/=\"' !-&;#abhlprtdu12甲。\n\t\0\ud800"), max_size=300))
def test_anything_like_html(source: str) -> None:
    message = ""
    try:
        check(read(source.encode("utf-8", "replace"), "甲", "html"))
    except WenjuError as error:
        message = str(error)
    assert not message or "甲" in message
