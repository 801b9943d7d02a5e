"""Documents made ready: which words are embedded, and whose vector is whose."""

import numpy as np
import pytest

from corpus.loading import load_text
from corpus.passages import structure
from corpus.segmentation import Segmenter
from index.encoder import BATCH, Encoder
from index.prepared import Prepared, passage_context, prepare
from tests.index.samples import CHIPS, COOKING, HEADINGS_ONLY, note


@pytest.fixture(scope="module")
def prepared(segmenter: Segmenter, encoder: Encoder) -> list[Prepared]:
    return prepare([COOKING, HEADINGS_ONLY, CHIPS], segmenter, encoder)


def test_a_passage_is_embedded_under_its_headings() -> None:
    parts = structure(CHIPS)
    contexts = [passage_context(CHIPS, parts, passage) for passage in parts.passages]
    assert contexts == [
        "端侧芯片\n前言只有一句。",
        "端侧芯片\n瑞芯微\n瑞芯微的旗舰芯片是RK3588。它的客户有小米和华为。",
        "端侧芯片\n产量\n" + CHIPS.text[CHIPS.text.index("型号") :].removesuffix(" |\n"),
    ]


def test_a_later_piece_of_a_table_is_embedded_under_its_header() -> None:
    rows = "".join(f"| 型号{n} | {n}.5亿颗 |\n" for n in range(60))
    table = load_text(f"| 型号 | 出货量 |\n|---|---|\n{rows}", "表.md")
    parts = structure(table)
    assert len(parts.passages) > 1
    for passage in parts.passages[1:]:
        assert passage_context(table, parts, passage).startswith("型号 | 出货量\n型号")


def test_everything_is_in_the_order_given(prepared: list[Prepared], encoder: Encoder) -> None:
    assert [each.document for each in prepared] == [COOKING, HEADINGS_ONLY, CHIPS]
    for each in prepared:
        parts = structure(each.document)
        assert each.structure == parts
        text = each.document.text
        sentences = [part for passage in parts.passages for part in passage.sentences]
        assert len(each.passage_terms) == len(each.passage_vectors) == len(parts.passages)
        assert len(each.sentence_terms) == len(each.sentence_vectors) == len(sentences)
        assert [sentences[place] for place in each.first_sentence] == [
            passage.sentences[0] for passage in parts.passages
        ]
        contexts = [passage_context(each.document, parts, passage) for passage in parts.passages]
        contexts += [text[part.start : part.end] for part in sentences if part.header is None]
        if contexts:
            plain = [place for place, part in enumerate(sentences) if part.header is None]
            found = np.concatenate([each.passage_vectors, each.sentence_vectors[plain]])
            np.testing.assert_allclose(found, encoder.encode_passages(contexts), atol=1e-5)


def test_a_row_is_embedded_with_its_columns_names(
    prepared: list[Prepared], encoder: Encoder, segmenter: Segmenter
) -> None:
    words = "型号 | 出货量\nRV1103 | 900万颗"
    np.testing.assert_allclose(
        prepared[2].sentence_vectors[-1], encoder.encode_passages([words])[0], atol=1e-5
    )
    assert prepared[2].sentence_terms[-1] == tuple(segmenter.terms(words))


def test_terms_include_the_headings(prepared: list[Prepared]) -> None:
    first, second, _ = prepared[2].passage_terms
    assert "芯片" in first
    assert {"瑞芯微", "rk3588", "小米"} <= set(second)


def test_a_document_without_passages_has_no_vectors(prepared: list[Prepared]) -> None:
    assert prepared[1].passage_vectors.shape == (0, 384)
    assert prepared[1].sentence_vectors.shape == (0, 384)


def test_only_such_documents(segmenter: Segmenter, encoder: Encoder) -> None:
    assert prepare([HEADINGS_ONLY], segmenter, encoder)[0].passage_vectors.shape == (0, 384)
    assert prepare([], segmenter, encoder) == []


def test_progress_counts_texts(segmenter: Segmenter, encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    prepare([note(n) for n in range(8)], segmenter, encoder, lambda *step: seen.append(step))
    # A passage and two sentences each.
    assert seen == [(BATCH, 24), (2 * BATCH, 24), (24, 24)]
