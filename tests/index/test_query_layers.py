"""Questions have last layers of their own; sentences and passages do not know of them."""

import numpy as np
import pytest

from index import query_layers
from index.encoder import Encoder

QUESTION = "想走人得提前几天打招呼"
ANSWERS = "员工离职须提前30天书面提出。"
OTHERS = ["办公室每天八点开门。", "出差补贴每天120元。", "年会定在一月。", "试用期为三个月。"]


def test_vectors_are_of_unit_length_whatever_stands_beside(encoder: Encoder) -> None:
    alone = encoder.encode_questions([QUESTION])
    together = encoder.encode_questions([QUESTION, "营收", ANSWERS * 3])
    for one, three in zip(alone, together, strict=True):
        assert np.linalg.norm(three, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
        np.testing.assert_allclose(one[0], three[0], atol=1e-4)
    assert encoder.encode_questions([])[1].shape == (0, encoder.dimension())


def test_traditional_characters_make_no_difference(encoder: Encoder) -> None:
    one, other = encoder.encode_questions(["总部的员工有几位", "總部的員工有幾位"])[1]
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_question_is_nearer_what_answers_it(encoder: Encoder) -> None:
    passages = encoder.encode_passages([ANSWERS, *OTHERS])

    def ahead(question: np.ndarray) -> float:
        cosines = passages @ question
        return float((cosines[0] - cosines[1:].mean()) / cosines.std())

    plain, asked = (vectors[0] for vectors in encoder.encode_questions([QUESTION]))
    assert np.argmax(passages @ asked) == 0
    assert ahead(asked) > ahead(plain)


def test_the_model_s_own_layers_give_its_own_vector(encoder: Encoder) -> None:
    plain, _ = encoder.encode_questions([QUESTION, ANSWERS])
    np.testing.assert_allclose(plain, encoder.encode_queries([QUESTION, ANSWERS]), atol=1e-4)


def test_another_model_has_none() -> None:
    assert query_layers.layers_for("BAAI/bge-small-zh-v1.5") == ()
    assert len(query_layers.layers_for("multilingual-e5-small")) == 12 - query_layers.SHARED
