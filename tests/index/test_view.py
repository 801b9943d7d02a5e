"""Views: ranking, restriction, and highlights that point into the original."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DocumentNotFound
from corpus.folding import fold
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.entry import Hit
from index.library import Library
from index.view import Ranked, displayed, highlight
from tests.index.samples import CHIPS, COOKING, TRADITIONAL, note

NOTHING = np.zeros(384, dtype=np.float32)


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, quick_encoder: Encoder, segmenter: Segmenter
) -> Library:
    made = Library(tmp_path_factory.mktemp("view"), quick_encoder, segmenter)
    made.add_all([CHIPS, COOKING, TRADITIONAL])
    return made


def search(library: Library, question: str, limit: int = 10, *only: str) -> list[Hit]:
    with library.view() as view:
        vector = view.encoder.encode_queries([question])[0]
        terms = view.segmenter.terms(question)
        return view.hits(view.rank(vector, terms, limit, only), terms)


class TestRank:
    def test_best_first(self, filled: Library) -> None:
        with filled.view() as view:
            vector = view.encoder.encode_queries(["肉要炖多久？"])[0]
            ranked = view.rank(vector, view.segmenter.terms("肉要炖多久？"), 10)
            assert len(ranked) == len(view) == 5
            assert [found.score for found in ranked] == sorted(
                (found.score for found in ranked), reverse=True
            )
            assert view.hits(ranked)[0].document == COOKING.id
            assert ranked[:2] == view.rank(vector, view.segmenter.terms("肉要炖多久？"), 2)

    @pytest.mark.parametrize("query", ["ＲＫ３５８８", "rk 3588", "Rk-3588"])
    def test_part_numbers_are_found_however_written(self, query: str, filled: Library) -> None:
        found = search(filled, query, 3)
        assert sum("RK3588" in hit.text or "ＲＫ３５８８" in hit.text for hit in found) == 3

    def test_traditional_questions_find_simplified_text(self, filled: Library) -> None:
        assert search(filled, "旗艦晶片的客戶")[0].text.startswith("瑞芯微的旗舰芯片")

    def test_scores_are_told_among_the_documents_asked(self, filled: Library) -> None:
        with filled.view() as view:
            vector = view.encoder.encode_queries(["芯片的客户"])[0]
            terms = view.segmenter.terms("芯片的客户")
            among = view.rank(vector, terms, 10, [CHIPS.id, TRADITIONAL.id])
            everywhere = view.rank(vector, terms, 10)
        assert np.mean([found.score for found in among]) == pytest.approx(0.0, abs=1e-5)
        assert np.mean([found.score for found in everywhere]) == pytest.approx(0.0, abs=1e-5)
        assert 1 < len(among) < len(everywhere)

    def test_restricted_to_documents(self, filled: Library) -> None:
        assert {hit.document for hit in search(filled, "芯片", 10, COOKING.id)} == {COOKING.id}
        both = search(filled, "芯片", 10, COOKING.id, TRADITIONAL.id)
        assert {hit.document for hit in both} == {COOKING.id, TRADITIONAL.id}
        assert search(filled, "芯片", 10, "none") == []

    def test_restriction_does_not_change_the_order(self, filled: Library) -> None:
        everywhere = [hit for hit in search(filled, "RK3588 出货量") if hit.document == CHIPS.id]
        assert search(filled, "RK3588 出货量", 10, CHIPS.id) == everywhere

    def test_an_empty_library(
        self, tmp_path: Path, quick_encoder: Encoder, segmenter: Segmenter
    ) -> None:
        library = Library(tmp_path, quick_encoder, segmenter)
        assert search(library, "芯片") == []
        with library.view() as view:
            assert len(view) == 0
            assert view.entries() == []
            assert view.headings() == set()
            assert view.hits([]) == []
            assert view.sentences([]) == []

    def test_parts_of_the_score(self, filled: Library) -> None:
        with filled.view() as view:
            vector = view.encoder.encode_passages(["端侧芯片\n前言只有一句。"])[0]
            found = view.rank(vector, [], 1)[0]
            assert found.dense == pytest.approx(1.0, abs=1e-4)
            assert found.lexical == 0.0
            words = view.rank(NOTHING, ["小米", "华为"], 1)[0]
            assert words.dense == 0.0
            assert 0 < words.lexical <= 1
            assert "小米和华为" in view.hits([words])[0].text


class TestHits:
    def test_a_hit_is_an_exact_range(self, filled: Library) -> None:
        texts = {document.id: document.text for document in (CHIPS, COOKING, TRADITIONAL)}
        hits = search(filled, "RK3588的客户有哪些？")
        assert len(hits) == 5
        for hit in hits:
            assert hit.text == texts[hit.document][hit.start : hit.end]
            assert 0 <= hit.score <= 1
            assert hit.page is None
        assert hits[0].section == ("端侧芯片", "瑞芯微")
        assert hits[0].title == "芯片.md"
        assert "小米" in hits[0].text

    def test_highlights_through_width_and_script(self, filled: Library) -> None:
        (hit,) = search(filled, "rk3588 晶体管", 10, TRADITIONAL.id)
        marked = [TRADITIONAL.text[start:end] for start, end in hit.highlights]
        assert marked == ["晶體管", "ＲＫ３５８８"]

    def test_highlights_are_offsets_in_the_document(self, filled: Library) -> None:
        (hit,) = (hit for hit in search(filled, "小米") if "小米" in hit.text)
        start = CHIPS.text.index("小米")
        assert hit.highlights == ((start, start + 2),)

    @pytest.mark.parametrize(
        ("dense", "lexical", "score"),
        [(1.0, 0.5, 0.75), (0.9, 0.0, 0.45), (-0.5, 0.0, 0.0), (0.8, 0.2, 0.5), (1.0, 1.0, 1.0)],
    )
    def test_the_score_shown(self, dense: float, lexical: float, score: float) -> None:
        assert displayed(Ranked(1, 3.7, dense, lexical)) == pytest.approx(score)


class TestHighlight:
    @pytest.mark.parametrize(
        ("text", "terms", "marked"),
        [
            ("用ＲＫ３５８８芯片", ["rk3588", "rk", "3588"], ["ＲＫ３５８８"]),
            ("用RK 3588芯片", ["rk3588", "rk", "3588"], ["RK", "3588"]),
            ("晶體管與晶体管", ["晶体管"], ["晶體管", "晶体管"]),
            ("半导体", ["半导", "导体"], ["半导体"]),
            ("ﬁne", ["fi"], ["ﬁ"]),
            ("Rockchip与ROCKCHIP", ["rockchip"], ["Rockchip", "ROCKCHIP"]),
            ("甲乙丙", ["丁"], []),
            ("甲乙丙", [], []),
            ("", ["甲"], []),
        ],
    )
    def test_examples(self, text: str, terms: list[str], marked: list[str]) -> None:
        assert [text[start - 7 : end - 7] for start, end in highlight(text, 7, terms)] == marked

    @given(
        st.text("aAＡbＢ芯晶體体管ﬁ㍿ 。", max_size=40),
        st.lists(st.text("ab芯晶体管fi株", min_size=1, max_size=3), max_size=4),
    )
    @settings(max_examples=150, deadline=None)
    def test_ranges_are_apart_and_hold_every_occurrence(self, text: str, terms: list[str]) -> None:
        ranges = highlight(text, 0, terms)
        flat = [offset for found in ranges for offset in found]
        assert flat == sorted(set(flat))
        unmarked = text
        for start, end in reversed(ranges):
            assert any(term in fold(text[start:end]) for term in terms)
            unmarked = unmarked[:start] + "\n" + unmarked[end:]
        assert not any(term in fold(unmarked) for term in terms)


class TestContents:
    def test_documents_sections_and_headings(self, filled: Library) -> None:
        with filled.view() as view:
            assert [entry.id for entry in view.entries()] == [
                CHIPS.id,
                COOKING.id,
                TRADITIONAL.id,
            ]
            assert view.document(CHIPS.id) == CHIPS
            assert view.headings() == {("端侧芯片",), ("端侧芯片", "瑞芯微"), ("端侧芯片", "产量")}
            assert [section.path[-1] for section in view.sections(CHIPS.id)] == [
                "端侧芯片",
                "瑞芯微",
                "产量",
            ]
            with pytest.raises(DocumentNotFound):
                view.document("none")

    def test_word_statistics(self, filled: Library) -> None:
        with filled.view() as view:
            assert view.lexical.knows("rk3588")
            assert not view.lexical.knows("没有")

    def test_sentences_of_ranked_passages(self, filled: Library) -> None:
        with filled.view() as view:
            ranked = view.rank(NOTHING, ["小火"], 1)
            sentences = view.sentences([ranked[0].passage])
        assert [sentence.text for sentence in sentences] == [
            "红烧肉要先焯水。",
            "再用小火炖一个小时。",
            "起锅前收汁。",
        ]
        assert [sentence.block for sentence in sentences] == [0, 0, 1]
        for sentence in sentences:
            assert float(np.linalg.norm(sentence.vector)) == pytest.approx(1, abs=1e-5)

    def test_what_is_remembered_lasts_one_generation(
        self, tmp_path: Path, quick_encoder: Encoder, segmenter: Segmenter
    ) -> None:
        library = Library(tmp_path, quick_encoder, segmenter)
        library.add(note(1))
        made: list[int] = []

        def count() -> int:
            made.append(len(made))
            return made[-1]

        for expected in (0, 0):
            with library.view() as view:
                assert view.remember("count", count) == expected
        library.add(note(2))
        with library.view() as view:
            assert view.remember("count", count) == 1

    def test_sentences_are_kept_for_one_generation(
        self, tmp_path: Path, quick_encoder: Encoder, segmenter: Segmenter
    ) -> None:
        library = Library(tmp_path, quick_encoder, segmenter)
        entry, _ = library.add(COOKING)
        library.add(CHIPS)
        with library.view() as view:
            passages = [ranked.passage for ranked in view.rank(NOTHING, [], 10)]
            first = view.sentences(passages)
            assert [s.passage for s in first] == sorted(
                (s.passage for s in first), key=passages.index
            )
            some = view.sentences(passages[:1])
            assert some == [s for s in first if s.passage == passages[0]]
            # Those kept and those read afresh come in the order asked for.
            again = view.sentences(passages[::-1])
            assert {id(s) for s in again} == {id(s) for s in first}
            assert again[-len(some) :] == some
        library.rename(entry.id, "另一个名字")
        with library.view() as view:
            titles = {s.title for s in view.sentences(passages) if s.document == entry.id}
        assert titles == {"另一个名字"}
