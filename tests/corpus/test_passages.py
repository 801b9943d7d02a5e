"""Passages: exact ranges, inside one section, nothing lost and nothing twice."""

import re
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Passage, Structure
from corpus.passages import BLOCK_READERS, MAX_PASSAGE, TARGET_PASSAGE, structure
from tests.corpus.texts import PROPERTY, TEXTS

FORMATS = st.sampled_from(sorted(BLOCK_READERS))
BULLET = re.compile(r"^\s*[-*•·●▪◆■–—](?=[ \t\u3000])", re.MULTILINE)
SENTENCE = "端侧芯片的出货量在这一年继续增长。"


def document(text: str, form: str) -> Document:
    return Document("0" * 16, "题", "", form, text)


def cut(text: str, form: str = "text") -> Structure:
    return structure(document(text, form))


def words(text: str, form: str = "text") -> list[tuple[tuple[str, ...], str]]:
    """Each passage with the headings above it."""
    found = cut(text, form)
    return [
        (found.sections[passage.section].path, text[passage.start : passage.end])
        for passage in found.passages
    ]


class TestAnyText:
    @given(TEXTS, FORMATS)
    @PROPERTY
    def test_a_passage_is_the_range_of_its_sentences(self, text: str, form: str) -> None:
        last = 0
        for passage in cut(text, form).passages:
            assert passage.sentences
            assert passage.start == passage.sentences[0].start
            assert passage.end == passage.sentences[-1].end
            for sentence in passage.sentences:
                assert last <= sentence.start < sentence.end <= len(text)
                quote = text[sentence.start : sentence.end]
                assert quote == quote.strip()
                last = sentence.end

    @given(TEXTS, FORMATS)
    @PROPERTY
    def test_a_passage_is_never_too_long(self, text: str, form: str) -> None:
        for passage in cut(text, form).passages:
            assert passage.end - passage.start <= MAX_PASSAGE or len(passage.sentences) == 1

    @given(TEXTS, FORMATS)
    @PROPERTY
    def test_a_passage_lies_in_its_section(self, text: str, form: str) -> None:
        found = cut(text, form)
        for passage in found.passages:
            section = found.sections[passage.section]
            assert section.start <= passage.start < passage.end <= section.end
            if section.heading:
                assert section.heading[1] <= passage.start

    @given(TEXTS, FORMATS)
    @PROPERTY
    def test_sections_follow_each_other_and_name_their_headings(self, text: str, form: str) -> None:
        sections = cut(text, form).sections
        for section, following in pairwise(sections):
            assert section.end == following.start
        for section in sections:
            assert section.level == len(section.path)
            assert (section.heading is None) == (section.path == ())
            if section.heading:
                assert section.heading[0] == section.start
                assert text[slice(*section.heading)] == section.path[-1]
        assert all(section.heading for section in sections[1:])

    @given(TEXTS)
    @PROPERTY
    def test_plain_text_is_in_one_sentence_or_heading_each(self, text: str) -> None:
        found = cut(text)
        counts = [0] * len(text)
        ranges = [section.heading for section in found.sections if section.heading]
        ranges += [(part.start, part.end) for each in found.passages for part in each.sentences]
        for start, end in ranges:
            for offset in range(start, end):
                counts[offset] += 1
        assert max(counts, default=0) <= 1
        bullets = {match.end() - 1 for match in BULLET.finditer(text.replace("\r", "\n"))}
        lost = {at for at, count in enumerate(counts) if not count and not text[at].isspace()}
        assert lost <= bullets

    @given(TEXTS, FORMATS)
    @PROPERTY
    def test_headings_are_in_no_passage(self, text: str, form: str) -> None:
        found = cut(text, form)
        starts = [passage.start for passage in found.passages]
        for section in found.sections:
            if section.heading:
                before = bisect_right(starts, section.heading[0]) - 1
                assert before < 0 or found.passages[before].end <= section.heading[0]

    @given(TEXTS, FORMATS)
    @PROPERTY
    def test_blocks_are_counted_upwards_and_have_one_kind(self, text: str, form: str) -> None:
        sentences = [part for each in cut(text, form).passages for part in each.sentences]
        assert [part.block for part in sentences] == sorted(part.block for part in sentences)
        kinds: dict[int, str] = {}
        for part in sentences:
            assert kinds.setdefault(part.block, part.kind) == part.kind
            assert part.header is None or part.kind == "row"


class TestSections:
    MARKDOWN = "前言。\n\n# 一\n\n甲。\n\n### 深\n\n乙。\n\n## 浅\n\n丙。\n\n# 二\n\n丁。\n"

    def test_paths(self) -> None:
        assert words(self.MARKDOWN, "markdown") == [
            ((), "前言。"),
            (("一",), "甲。"),
            (("一", "深"), "乙。"),
            (("一", "浅"), "丙。"),
            (("二",), "丁。"),
        ]

    def test_a_heading_without_text_is_a_section_without_passages(self) -> None:
        found = cut("# 一\n\n## 二\n\n甲。", "markdown")
        assert [section.path for section in found.sections] == [("一",), ("一", "二")]
        assert [passage.section for passage in found.passages] == [1]

    @pytest.mark.parametrize("form", sorted(BLOCK_READERS))
    def test_no_text_has_no_parts(self, form: str) -> None:
        assert cut(" \n\n\u3000", form) == Structure((), ())

    def test_there_are_no_pages(self) -> None:
        assert {passage.page for passage in cut(self.MARKDOWN, "markdown").passages} == {None}


class TestPacking:
    def test_short_paragraphs_share_a_passage(self) -> None:
        text = "甲。\n乙。\n丙。"
        assert words(text) == [((), text)]

    def test_a_full_passage_ends_with_its_paragraph(self) -> None:
        paragraph = SENTENCE * (TARGET_PASSAGE // len(SENTENCE) + 1)
        text = f"{paragraph}\n{paragraph}"
        assert words(text) == [((), paragraph), ((), paragraph)]

    def test_a_long_paragraph_is_cut_evenly_between_sentences(self) -> None:
        passages = cut(SENTENCE * 40).passages
        lengths = [passage.end - passage.start for passage in passages]
        assert len(lengths) > 1
        assert max(lengths) - min(lengths) <= 3 * len(SENTENCE)
        assert all(length % len(SENTENCE) == 0 for length in lengths)

    def test_a_line_with_a_colon_stays_with_what_it_introduces(self) -> None:
        # Long enough for a passage of its own, were it not for the colon.
        lead = SENTENCE * (TARGET_PASSAGE // len(SENTENCE)) + "这里列出这些产品线包括的几种芯片："
        assert len(lead) >= TARGET_PASSAGE
        text = f"{lead}\n- 蓝牙耳机芯片\n- 蓝牙音箱芯片\n"
        assert words(text)[0][1] == f"{lead}\n- 蓝牙耳机芯片"

    def test_rows_remember_the_header(self) -> None:
        text = "| 型号 | 价格 |\n|---|---|\n" + "".join(f"| A{n} | {n}.5 |\n" for n in range(60))
        passages: tuple[Passage, ...] = cut(text, "markdown").passages
        assert len(passages) > 1
        headers = [part.header for each in passages for part in each.sentences]
        assert headers[0] is None
        assert {text[slice(*header)] for header in headers[1:] if header} == {"型号 | 价格"}
        assert None not in headers[1:]
        assert {part.kind for each in passages for part in each.sentences} == {"row"}
