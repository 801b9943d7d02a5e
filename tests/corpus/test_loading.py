"""Bytes to text: encodings, formats, titles, and what is refused."""

import hashlib
import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import loading
from corpus.document import Document
from corpus.errors import InvalidInput, TooLarge, UnsupportedFormat
from corpus.formats import format_of
from corpus.loading import clean_title, load_bytes, load_file, load_text
from tests.corpus.texts import PROPERTY, TEXTS

SIMPLIFIED = "瑞芯微预计2025年归母净利润为10.23亿元至11.03亿元，同比增幅为71.97%。\r\n第二行。\n"
TRADITIONAL = "瑞芯微預計2025年歸母淨利潤為10.23億元至11.03億元，同比增幅為71.97%。\n第二行。\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8


class TestEncodings:
    @pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    def test_unicode_with_a_mark_and_gb18030(self, text: str, encoding: str) -> None:
        assert load_bytes(text.encode(encoding), "甲.txt").text == text

    @pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
    def test_both_byte_orders_with_a_mark(self, mark: bytes) -> None:
        encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
        content = mark + SIMPLIFIED.encode(encoding)
        assert load_bytes(content, "甲.txt").text == SIMPLIFIED

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_both_byte_orders_without_a_mark(self, encoding: str) -> None:
        assert load_bytes(SIMPLIFIED.encode(encoding), "甲.txt").text == SIMPLIFIED

    def test_big5(self) -> None:
        assert load_bytes(TRADITIONAL.encode("big5"), "甲.txt").text == TRADITIONAL

    @pytest.mark.parametrize("before", ["", "a"])
    @pytest.mark.parametrize("encoding", ["gb18030", "big5"])
    def test_a_long_file_whose_sample_ends_inside_a_character(
        self, before: str, encoding: str
    ) -> None:
        text = before + (SIMPLIFIED if encoding == "gb18030" else TRADITIONAL) * 1200
        assert len(text.encode(encoding)) > 65536
        assert load_bytes(text.encode(encoding), "甲.txt").text == text

    def test_line_ends_and_spaces_are_kept(self) -> None:
        text = " \t甲\r\n乙\r丙\n\n\u3000丁 \n"
        assert load_bytes(text.encode(), "甲.txt").text == text

    @given(TEXTS)
    @PROPERTY
    def test_utf_8_is_never_rewritten(self, text: str) -> None:
        content = text.encode("utf-8", "replace")
        try:
            found = load_bytes(content, "甲.txt").text
        except (InvalidInput, UnsupportedFormat):
            assert not text.strip() or any(unicodedata.category(c)[0] == "C" for c in text)
        else:
            assert found.encode() == content

    def test_the_mark_is_no_text(self) -> None:
        assert load_bytes(b"\xef\xbb\xbf# \xe7\x94\xb2", "x.md").title == "甲"


class TestRefused:
    @pytest.mark.parametrize(
        "content",
        [
            PNG,
            bytes(range(256)) * 4,
            b"\x7fELF\x02\x01\x01" + b"\0" * 40,
            b"\xff\xfeabc",
            b"text \0 with NUL",
            b"\xef\xbb\xbftext \0 with NUL",
            "文字".encode("utf-32"),
            b"a" * 70000 + b"\0",
            "甲".encode() + b"\xff\xff\xff",
        ],
    )
    def test_bytes_that_are_no_text(self, content: bytes) -> None:
        with pytest.raises(UnsupportedFormat, match=r"甲\.txt is not text in UTF-8"):
            load_bytes(content, "甲.txt")

    @pytest.mark.parametrize("content", [b"", b" \n\t", "\u3000\n".encode(), b"\xef\xbb\xbf"])
    def test_nothing(self, content: bytes) -> None:
        with pytest.raises(InvalidInput, match="is empty"):
            load_bytes(content, "甲.txt")

    @pytest.mark.parametrize("name", ["甲.png", "甲", "甲.", ".md", "甲.md.exe", "dir.md/甲"])
    def test_unknown_extensions(self, name: str) -> None:
        with pytest.raises(UnsupportedFormat, match=r"Known ones: \.txt .*\.md"):
            load_bytes("文字".encode(), name)

    def test_too_many_bytes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loading, "MAX_BYTES", 3 * 2**20)
        path = tmp_path / "甲.txt"
        path.write_bytes(b"a" * (3 * 2**20 + 1))
        for load in (
            lambda: load_file(path),
            lambda: load_bytes(path.read_bytes(), "甲.txt"),
            lambda: load_text("字" * (2**20 + 1), "甲"),
        ):
            with pytest.raises(TooLarge, match=r"甲.* has 3\.0 MiB; the limit is 3 MiB"):
                load()
        path.write_bytes(b"a" * 3 * 2**20)
        assert len(load_file(path).text) == 3 * 2**20

    @pytest.mark.parametrize("name", ["none.txt", "folder.md"])
    def test_files_that_cannot_be_read(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "folder.md").mkdir()
        with pytest.raises(InvalidInput, match=f"Cannot read .*{name}"):
            load_file(tmp_path / name)


class TestTitles:
    @pytest.mark.parametrize(
        ("content", "name", "title"),
        [
            ("# 标题\n正文", "甲.md", "标题"),
            ("前言\n\n# 标题 ##\n", "甲.md", "标题"),
            ("# 标题 #\r\n\r\n正文", "甲.md", "标题"),
            ("# 标题\r正文", "甲.md", "标题"),
            ("标题\n===\n正文", "甲.md", "标题"),
            ("## 二级\n正文", "甲.md", "甲"),
            ("#标签\n正文", "甲.markdown", "甲"),
            ("```sh\n# 安装\n```\n\n# 标题\n", "甲.md", "标题"),
            ("# 一\n\n# 二\n", "甲.md", "一"),
            ("# 井号开头\n正文", "甲.txt", "甲"),
            ("正文", "报告 v1.2.TXT", "报告 v1.2"),
            ("正文", "某/夹/甲.txt", "甲"),
            ("正文", r"C:\某\甲.txt", "甲"),
            ("# 标\x1b[31m题\x07\u202e反\n", "甲.md", "标 [31m题 反"),
        ],
    )
    def test_the_first_heading_or_the_file_name(self, content: str, name: str, title: str) -> None:
        assert load_bytes(content.encode(), name).title == title

    @pytest.mark.parametrize(
        ("title", "clean"),
        [
            ("  一\n二\t三\r\n", "一 二 三"),
            ("\0\x1b\u200b\ud800", "无题"),
            ("", "无题"),
            ("长" * 300, "长" * 200),
            ("全角　空格", "全角 空格"),
        ],
    )
    def test_clean(self, title: str, clean: str) -> None:
        assert clean_title(title) == clean

    @given(st.text(st.characters()))
    @PROPERTY
    def test_a_clean_title_is_one_printable_line(self, title: str) -> None:
        clean = clean_title(title)
        assert clean == clean_title(clean)
        assert clean.isprintable()
        assert 1 <= len(clean) <= 200
        assert clean.encode()


class TestDocuments:
    def test_the_same_bytes_have_the_same_id(self, tmp_path: Path) -> None:
        content = SIMPLIFIED.encode("gb18030")
        path = tmp_path / "乙.md"
        path.write_bytes(content)
        first, second = load_bytes(content, "甲.txt"), load_file(path)
        assert first.id == second.id == hashlib.sha256(content).hexdigest()[:16]
        assert load_bytes(content + b"\n", "甲.txt").id != first.id

    def test_pasted_text_has_the_id_of_its_file(self) -> None:
        assert load_text("甲。", "x").id == load_bytes("甲。".encode(), "y.txt").id

    def test_paths_outside_ascii(self, tmp_path: Path) -> None:
        folder = tmp_path / "资料 夹"
        folder.mkdir()
        path = folder / "报告①（终稿）🎧.md"
        path.write_text("正文。", "utf-8")
        assert load_file(path) == Document(
            load_text("正文。", "x").id, "报告①（终稿）🎧", str(path), "markdown", "正文。"
        )

    @pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode elsewhere")
    def test_a_path_that_is_no_unicode_gives_a_source_that_is(self, tmp_path: Path) -> None:
        path = Path(os.fsdecode(os.fsencode(tmp_path) + "/报告.txt".encode("gb18030")))
        path.write_text("正文。", "utf-8")
        loaded = load_file(path)
        assert loaded.source.encode()
        assert loaded.title.encode()

    @pytest.mark.parametrize(
        ("name", "form"),
        [
            ("a.txt", "text"),
            ("a.LOG", "text"),
            ("a.b.Md", "markdown"),
            ("a.markdown", "markdown"),
            ("a.doc", None),
            ("a.PDF", "pdf"),
            ("a", None),
            ("", None),
        ],
    )
    def test_formats(self, name: str, form: str | None) -> None:
        assert format_of(name) == form

    def test_the_source_may_be_given(self) -> None:
        assert load_bytes("甲".encode(), "a.txt").source == "a.txt"
        assert load_bytes("甲".encode(), "a.txt", source="").source == ""


class TestPastedText:
    @pytest.mark.parametrize(
        ("title", "form", "expected"),
        [
            ("甲.md", None, "markdown"),
            ("甲.txt", None, "text"),
            ("甲", None, "text"),
            ("甲.md", "text", "text"),
            ("甲", "markdown", "markdown"),
        ],
    )
    def test_format(self, title: str, form: str | None, expected: str) -> None:
        loaded = load_text("# 正文", title, form)
        assert (loaded.format, loaded.title, loaded.source) == (expected, title, "")

    @pytest.mark.parametrize(
        ("text", "title", "form", "field"),
        [
            ("", "甲", None, "text"),
            (" \n", "甲", None, "text"),
            ("a\0b", "甲", None, "text"),
            ("甲", "", None, "title"),
            ("甲", " \u3000", None, "title"),
            ("甲", "甲", "pdf", "format"),
        ],
    )
    def test_refused(self, text: str, title: str, form: str | None, field: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            load_text(text, title, form)
        assert caught.value.field == field

    def test_a_lone_surrogate_becomes_a_question_mark(self) -> None:
        assert load_text("甲\ud800乙", "题\udc00").text == "甲?乙"
        assert load_text("甲\ud800乙", "题\udc00").title == "题"
