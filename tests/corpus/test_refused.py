"""Files that cannot be read: each has its own error, and the rest of its batch goes in."""

import io
import os
import socket
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from corpus import errors, extract, extraction, zips
from corpus.errors import (
    Damaged,
    Encrypted,
    InvalidInput,
    Mislabelled,
    NoTextLayer,
    TooCostly,
    TooLarge,
    UnsupportedFormat,
    WenjuError,
)
from corpus.loading import load_all, load_bytes, load_each
from corpus.readers import read
from tests.corpus.files import archive, book, locked, manual, pdf, scan, word, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
DRM = (
    b'<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
    b'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="aes"/>'
    b"</EncryptedData></encryption>"
)
ZEROS = b"0" * 30_000_000


@pytest.fixture(scope="module")
def a_pdf() -> bytes:
    return pdf([("p", "正文在此。")])


@pytest.fixture(scope="module")
def a_docx() -> bytes:
    return word(manual())


class TestNames:
    def test_each_kind_under_another_name(self, a_pdf: bytes, a_docx: bytes) -> None:
        cases = [
            (a_pdf, "甲.docx", r"甲\.docx is named \.docx, but holds a PDF"),
            (a_pdf, "甲.txt", "holds a PDF"),
            (a_docx, "甲.pdf", "holds a Word document"),
            (a_docx, "甲.zip", "holds a Word document"),
            (a_docx, "甲.md", "holds a Word document"),
            (workbook({"一": [["甲", "乙"]]}), "甲.docx", "holds an Excel workbook"),
            (archive({"a.txt": b"a"}), "甲.pdf", "holds a ZIP archive"),
            (b"<html>text</html>", "甲.docx", "holds plain text"),
            (OLE, "甲.docx", r"holds an old Office file.*Save it as \.docx"),
            (OLE, "甲.txt", "holds an old Office file"),
        ]
        for content, name, message in cases:
            with pytest.raises(Mislabelled, match=message):
                load_each(content, name)

    @pytest.mark.parametrize("name", ["甲.doc", "甲.XLS", "甲.pptx", "甲.rar"])
    def test_formats_of_yesterday(self, name: str) -> None:
        with pytest.raises(UnsupportedFormat, match=r"files cannot be read\. Save it as \.\w+"):
            load_bytes(OLE, name)


class TestLocked:
    def test_passwords(self, a_docx: bytes) -> None:
        secret = pdf([("p", "密。")], password="secret")
        office = OLE + "EncryptedPackage".encode("utf-16-le")
        cases = [
            (secret, "甲.pdf"),
            (office, "甲.docx"),
            (office, "甲.xlsx"),
            (locked(a_docx), "甲.docx"),
        ]
        for content, name in cases:
            with pytest.raises(Encrypted, match=rf"{name} is protected by a password\. Save it"):
                load_bytes(content, name)

    def test_a_pdf_that_anyone_may_open_is_read(self) -> None:
        stream = io.BytesIO()
        canvas = Canvas(stream, encrypt=StandardEncryption("", "owner"))
        canvas.drawString(72, 700, "Open to all.")
        canvas.save()
        found = load_bytes(stream.getvalue(), "甲.pdf")
        assert found.text == "Open to all."

    def test_a_book_with_drm(self) -> None:
        content = book("书", {"one": "<p>文</p>"}, ["one"], **{"META-INF__encryption.xml": DRM})
        with pytest.raises(Encrypted, match=r"书\.epub is locked to its buyer"):
            load_bytes(content, "书.epub")


class TestScans:
    def test_pictures_of_text(self) -> None:
        with pytest.raises(NoTextLayer, match=r"扫描\.pdf is scanned.*OCR"):
            load_bytes(scan(2), "扫描.pdf")


class TestBombs:
    def test_ratio(self) -> None:
        for name, member in (("弹.zip", "a.txt"), ("弹.docx", "word/document.xml")):
            with pytest.raises(TooLarge, match=rf"{name} would unpack from 0\.0 to 29 MiB"):
                load_each(archive({member: ZEROS}), name)

    def test_members_and_total(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(zips, "MAX_MEMBERS", 3)
        with pytest.raises(TooLarge, match=r"多\.zip has 4 files inside; the limit is 3"):
            load_each(archive({f"{n}.txt": b"a" for n in range(4)}), "多.zip")
        monkeypatch.setattr(zips, "MAX_UNPACKED", 9_000_000)
        with pytest.raises(TooLarge, match=r"大\.zip would unpack"):
            load_each(archive({"a.txt": os.urandom(9_000_001)}), "大.zip")

    def test_a_member_that_lies_about_its_size(self) -> None:
        content = bytearray(archive({"a.txt": b"a" * 5_000_000, "b.txt": b"bc"}))
        at = content.find(b"PK\x01\x02")
        content[at + 24 : at + 28] = struct.pack("<I", 10)
        documents, failures = load_each(bytes(content), "谎.zip")
        assert [document.text for document in documents] == ["bc"]
        assert "a.txt is damaged in the archive" in failures[0].reason

    def test_the_text_is_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(extract, "MAX_CHARACTERS", 1000)
        with pytest.raises(TooLarge, match=r"长\.html holds more than 1,000 characters"):
            read(b"<p>word</p>" * 1000, "长.html", "html")

    def test_entities_are_not_defined(self, a_docx: bytes, tmp_path: Path) -> None:
        entities = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
        path = tmp_path / "弹.docx"
        path.write_bytes(a_docx)
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        start, rest = parts["word/document.xml"].split(b"?>", 1)
        parts["word/document.xml"] = start + b"?>" + entities + rest
        with pytest.raises(Damaged, match=r"弹\.docx defines XML entities in word/document\.xml"):
            load_bytes(archive(parts), "弹.docx")

    def test_laughs_in_html_are_words(self) -> None:
        laughs = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><p>字&b;</p>'
        assert len(read(laughs.encode(), "笑.html", "html").text) < 100


class TestDamage:
    def test_halves(self, a_pdf: bytes, a_docx: bytes) -> None:
        sheets = workbook({"一": [["甲", "乙"]] * 200})
        for content, name in [
            (a_pdf[:200], "半.pdf"),
            (a_docx[: len(a_docx) // 2], "半.docx"),
            (sheets[: len(sheets) // 2], "半.xlsx"),
            (book("书", {"one": "<p>文</p>"}, ["one"])[:300], "半.epub"),
            (archive({"a.txt": b"a"})[:20], "半.zip"),
            (archive({"META-INF/container.xml": b"<a/>"}), "无.epub"),
        ]:
            with pytest.raises(Damaged, match=name):
                load_each(content, name)

    @pytest.mark.parametrize("name", ["空.html", "空.csv"])
    def test_nothing(self, name: str) -> None:
        for content in (b"", b" \n", b"<html><script>1</script></html>"):
            if name.endswith("html") or not content.strip():
                with pytest.raises(InvalidInput, match=name):
                    load_bytes(content, name)


class TestLimits:
    def test_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(extraction, "WALL_SECONDS", 0.01)
        with pytest.raises(TooCostly, match=r"慢\.html takes too long"):
            load_bytes(b"<p>a", "慢.html")

    def test_computing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(extraction, "CPU_SECONDS", 1)
        with pytest.raises(TooCostly, match=r"慢\.html takes too long"):
            load_bytes(b"<table>" + b"<tr><td>a<td>b" * 900_000, "慢.html")

    def test_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(extraction, "MEMORY", 150 * 2**20)
        with pytest.raises(WenjuError, match=r"大\.html") as caught:
            load_bytes(b"<p>word</p>" * 3_000_000, "大.html")
        assert isinstance(caught.value, TooCostly | Damaged)

    def test_a_crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(extraction, "_ROOT", "/nonexistent")
        monkeypatch.setattr(extraction.subprocess, "run", _crashing(extraction.subprocess.run))
        with pytest.raises(Damaged, match=r"坏\.html cannot be read: its reader broke down"):
            load_bytes(b"<p>a", "坏.html")

    def test_no_secrets_go_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WENJU_TOKEN", "secret")
        assert "secret" not in str(extraction._environment())

    def test_every_error_has_its_way_back(self) -> None:
        for name in ("Damaged", "Encrypted", "NoTextLayer", "TooCostly", "TooLarge"):
            with pytest.raises(getattr(errors, name), match="so"):
                extraction._taken({"error": name, "message": "so"})


def _crashing(run):  # type: ignore[no-untyped-def]
    import sys

    def crash(command, **more):  # type: ignore[no-untyped-def]
        del command
        more["cwd"] = "/"
        return run([sys.executable, "-c", "import os; os.abort()"], **more)

    return crash


class TestNothingIsFetched:
    @pytest.fixture
    def listener(self) -> Iterator[tuple[int, list[bytes]]]:
        heard: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            done = threading.Event()

            def listen() -> None:
                while not done.is_set():
                    try:
                        connection, _ = server.accept()
                    except TimeoutError:
                        continue
                    heard.append(b"someone came")
                    connection.close()

            thread = threading.Thread(target=listen)
            thread.start()
            yield server.getsockname()[1], heard
            done.set()
            thread.join()

    def test_nobody_comes(self, listener: tuple[int, list[bytes]], a_docx: bytes) -> None:
        port, heard = listener
        url = f"http://127.0.0.1:{port}/x"
        page = (
            f'<!DOCTYPE html SYSTEM "{url}"><head><base href="{url}"><link rel=stylesheet '
            f'href="{url}"></head><img src="{url}"><iframe src="{url}"></iframe>'
            f'<object data="{url}"></object><p>字</p>'
        )
        assert load_bytes(page.encode(), "网.html").text == "字"
        assert "字" in load_bytes(book("书", {"one": page}, ["one"]), "书.epub").text
        relation = (
            '<Relationship Id="rId99" TargetMode="External" Type="http://schemas.openxmlformats.org'
            f'/officeDocument/2006/relationships/image" Target="{url}"/></Relationships>'
        )
        with zipfile.ZipFile(io.BytesIO(a_docx)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        rels, drawing = (
            "word/_rels/document.xml.rels",
            (
                b'<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/'
                b'drawingml/2006/wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.'
                b'openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://'
                b'schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip xmlns:r='
                b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link='
                b'"rId99"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
                b"</w:drawing>"
                b"</w:r></w:p></w:body>"
            ),
        )
        parts[rels] = parts[rels].replace(b"</Relationships>", relation.encode())
        parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:body>", drawing)
        assert "设备应安装" in load_bytes(archive(parts), "外.docx").text
        assert heard == []
        with socket.create_connection(("127.0.0.1", port)):
            pass
        time.sleep(0.5)
        assert heard


class TestArchives:
    def test_each_member_for_itself(self, a_pdf: bytes, a_docx: bytes, tmp_path: Path) -> None:
        path = tmp_path / "资料.zip"
        path.write_bytes(
            archive(
                {
                    "手册/安装.docx": a_docx,
                    "../../../etc/说明.txt": "说明。".encode(),
                    "C:\\x\\表.csv": "甲,乙\n1,2\n".encode(),
                    "扫描.pdf": scan(1),
                    "错.docx": a_pdf,
                    "旧.doc": OLE,
                    "内.zip": archive({"a.txt": b"a"}),
                    "图.png": b"\x89PNG",
                    ".git/config.txt": b"hidden",
                    "__MACOSX/._a.txt": b"hidden",
                }
            )
        )
        documents, failures = load_all(path)
        assert [(d.title, d.source) for d in documents] == [
            ("设备手册", f"{path}/手册/安装.docx"),
            ("说明", f"{path}/etc/说明.txt"),
            ("表", f"{path}/C:/x/表.csv"),
        ]
        told = {failure.source.removeprefix(f"{path}/"): failure.reason for failure in failures}
        assert list(told) == ["扫描.pdf", "错.docx", "旧.doc", "内.zip"]
        assert "is scanned" in told["扫描.pdf"]
        assert "holds a PDF" in told["错.docx"]
        assert "Save it as .docx" in told["旧.doc"]
        assert "archive of its own" in told["内.zip"]
        assert documents[0].id == load_bytes(a_docx, "x.docx").id
        assert not (tmp_path.parent / "etc").exists()

    def test_a_password_for_one(self) -> None:
        content = locked(archive({"a.txt": b"secret"}))
        documents, failures = load_each(content, "锁.zip")
        assert not documents
        assert failures[0].reason == "a.txt needs a password. Unpack it and add the file itself."

    def test_names_in_gbk(self) -> None:
        content = archive({"aaaa.txt": b"text"}).replace(b"aaaa.txt", "说明.txt".encode("gbk"))
        (document,), _ = load_each(content, "甲.zip")
        assert (document.title, document.source) == ("说明", "甲.zip/说明.txt")

    def test_without_documents(self) -> None:
        with pytest.raises(InvalidInput, match=r"图\.zip holds no documents"):
            load_each(archive({"a.png": b"x"}), "图.zip")

    def test_a_broken_member(self) -> None:
        good = archive({"a.txt": b"aaaa" * 99, "b.txt": b"bb"})
        packed = zlib.compressobj(wbits=-15)
        stream = packed.compress(b"aaaa" * 99) + packed.flush()
        documents, failures = load_each(good.replace(stream, b"\xff" * len(stream)), "坏.zip")
        assert [document.text for document in documents] == ["bb"]
        assert "a.txt is damaged in the archive" in failures[0].reason
