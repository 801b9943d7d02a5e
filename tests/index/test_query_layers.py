"""Questions have last layers of their own; sentences and passages do not know of them."""

import numpy as np
import pytest

from index import query_layers
from index.encoder import Encoder

QUESTION = "想走人得提前几天打招呼"
ANSWERS = "员工离职须提前30天书面提出。"
ANSWERED = {
    QUESTION: ANSWERS,
    "早上几点能进楼": "办公室每天八点开门。",
    "在外地跑业务一天贴多少饭钱": "出差补贴每人每天120元。",
    "新来的多久才算正式工": "试用期为三个月，期满考核合格后转正。",
    "机器怪响是咋回事": "轴承缺油时会发出异响，应当加注润滑脂。",
    "这玩意儿怕不怕水": "整机防护等级为IP54，可以在小雨中使用。",
    "谁说了算": "采购金额超过五万元的，由总经理批准。",
    "去年挣着钱没有": "2024年净利润为负1.2亿元，比上年少亏四成。",
    "how soon do they wash the tanks": "发酵罐每批用完后当天清洗。",
    "丢了卡找哪个部门补": "工牌遗失的，到行政部补办，工本费20元。",
}
"""Questions in other words than what answers them."""


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


def test_questions_are_nearer_what_answers_them(encoder: Encoder) -> None:
    answers = encoder.encode_passages(list(ANSWERED.values()))
    plain, near = (vectors @ answers.T for vectors in encoder.encode_questions(list(ANSWERED)))

    def right(cosines: np.ndarray) -> int:
        return int((cosines.argmax(axis=1) == np.arange(len(ANSWERED))).sum())

    def told_apart(cosines: np.ndarray) -> float:
        spread = (cosines - cosines.mean(axis=1, keepdims=True)) / cosines.std(
            axis=1, keepdims=True
        )
        return float(np.diag(spread).mean())

    assert right(near) >= max(right(plain), len(ANSWERED) - 2)
    assert told_apart(near) > told_apart(plain)


def test_the_model_s_own_layers_give_its_own_vector(encoder: Encoder) -> None:
    plain, _ = encoder.encode_questions([QUESTION, ANSWERS])
    np.testing.assert_allclose(plain, encoder.encode_queries([QUESTION, ANSWERS]), atol=1e-4)


def test_another_model_has_none() -> None:
    assert query_layers.layers_for("BAAI/bge-small-zh-v1.5") == ()
    assert len(query_layers.layers_for("multilingual-e5-small")) == 12 - query_layers.SHARED
