"""Folding: what meets, and the way back to the original."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.folding import fold, fold_with_offsets, simplify, to_mainland
from tests.corpus.texts import PROPERTY, TEXTS

# Characters that fold to one character each, whatever stands beside them.
PLAIN = "aBＣｄ12３％，。rkＲＫ芯片晶體體系統系统產产品\ud800\u0301 -"


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("ＲＫ３５８８", "rk3588"),
            ("Rockchip", "rockchip"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("晶體管產業", "晶体管产业"),
            ("ﬁne", "fine"),
            ("①㍿", "1株式会社"),
            ("５％～６％", "5%~6%"),
            ("ｶﾀｶﾅ", "カタカナ"),
            ("瑞芯微", "瑞芯微"),
            ("\u3000", " "),
            ("", ""),
        ],
    )
    def test_width_case_and_script(self, text: str, folded: str) -> None:
        assert fold(text) == folded

    @pytest.mark.parametrize("char", ["\ud800", "\u0301", "\U000e0001", "\U0010ffff"])
    def test_what_is_no_character_of_its_own_folds_to_itself(self, char: str) -> None:
        assert fold(char) == char

    @given(TEXTS)
    @PROPERTY
    def test_every_character_is_folded_by_itself(self, text: str) -> None:
        assert fold(text) == "".join(fold(char) for char in text)

    @given(st.text(st.characters(max_codepoint=0x10FFFF)))
    @PROPERTY
    def test_case_and_width_never_tell_texts_apart(self, text: str) -> None:
        folded = fold(text)
        assert all(unicodedata.normalize("NFKC", char) == char for char in folded)


class TestOffsets:
    @given(TEXTS)
    @PROPERTY
    def test_each_folded_character_knows_its_original(self, text: str) -> None:
        folded = fold_with_offsets(text)
        assert folded.text == fold(text)
        assert len(folded.origin) == len(folded.text) + 1
        assert folded.origin[-1] == len(text)
        assert list(folded.origin) == sorted(folded.origin)
        for offset in range(len(text)):
            pieces = [
                char
                for char, origin in zip(folded.text, folded.origin, strict=False)
                if origin == offset
            ]
            assert "".join(pieces) == fold(text[offset])

    @given(st.text(PLAIN, min_size=1), st.data())
    @PROPERTY
    def test_found_ranges_fold_back_to_the_needle(self, text: str, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        needle = fold(text[start:end])
        found = list(fold_with_offsets(text).find_all(needle))
        assert len(found) == fold(text).count(needle) > 0
        assert {fold(text[left:right]) for left, right in found} == {needle}

    @given(TEXTS.filter(bool), st.data())
    @PROPERTY
    def test_a_needle_inside_an_expansion_gives_whole_characters(
        self, text: str, data: st.DataObject
    ) -> None:
        folded = fold(text)
        start = data.draw(st.integers(0, len(folded) - 1))
        needle = folded[start : start + data.draw(st.integers(1, 5))]
        found = list(fold_with_offsets(text).find_all(needle))
        assert found
        for left, right in found:
            assert needle in fold(text[left:right])
            assert len(fold(text[left + 1 : right - 1])) < len(needle)

    @given(TEXTS.filter(bool), st.data())
    @PROPERTY
    def test_ranges_come_in_order_and_apart(self, text: str, data: st.DataObject) -> None:
        folded = fold(text)
        start = data.draw(st.integers(0, len(folded) - 1))
        found = list(fold_with_offsets(text).find_all(folded[start : start + 2]))
        flat = [offset for pair in found for offset in pair]
        assert flat == sorted(flat)
        assert len(set(found)) == len(found)

    def test_a_ligature_that_holds_the_needle_twice_is_found_once(self) -> None:
        assert list(fold_with_offsets("ﬀ").find_all("f")) == [(0, 1)]

    @pytest.mark.parametrize(
        ("text", "needle", "found"),
        [
            ("用ＲＫ３５８８芯片", "rk3588", [(1, 7)]),
            ("晶體管與晶体管", "晶体管", [(0, 3), (4, 7)]),
            ("ﬃx", "fi", [(0, 1)]),
            ("㍿甲", "会社甲", [(0, 2)]),
            ("aaaa", "aa", [(0, 2), (2, 4)]),
            ("甲", "乙", []),
            ("甲", "", []),
            ("", "甲", []),
        ],
    )
    def test_examples(self, text: str, needle: str, found: list[tuple[int, int]]) -> None:
        assert list(fold_with_offsets(text).find_all(needle)) == found

    def test_an_empty_range_stays_empty(self) -> None:
        folded = fold_with_offsets("a㍿b")
        assert folded.original_range(1, 1) == (1, 1)
        assert folded.original_range(6, 6) == (3, 3)


class TestScript:
    def test_phrases_get_mainland_words(self) -> None:
        assert to_mainland("這款晶片的軟體") == "这款芯片的软件"

    @pytest.mark.parametrize(
        "text", ["瑞芯微的核心产品是什么？", "应用程序的文件", "端侧AI的核心优势", "RK3588"]
    )
    def test_simplified_text_is_unchanged(self, text: str) -> None:
        assert to_mainland(text) == text

    def test_simplify_leaves_width_and_case(self) -> None:
        assert simplify("ＲＫ產品") == "ＲＫ产品"
