"""BM25 against a reference: Lucene's formula, written down once more."""

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import K1, B, LexicalIndex

TERMS = st.lists(
    st.sampled_from(["芯片", "出货量", "rk3588", "2.51", "小米", "的", "ai"]), max_size=12
)
TEXTS = [["芯片", "rk3588", "芯片"], ["芯片", "小米"], [], ["红烧肉", "小火"]]


def lucene(texts: list[list[str]], query: list[str]) -> list[float]:
    """Score as in Kamphuis et al. (2020), table 1, "Lucene (accurate)"."""
    average = sum(map(len, texts)) / len(texts)
    scores = [0.0] * len(texts)
    for term in query:
        holders = sum(term in text for text in texts)
        idf = log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
        for place, text in enumerate(texts):
            tf = Counter(text)[term]
            if tf:
                scores[place] += idf * tf / (tf + K1 * (1 - B + B * len(text) / average))
    return scores


@given(st.lists(TERMS, min_size=1, max_size=12), TERMS)
@settings(max_examples=150, deadline=None)
def test_scores_are_the_references(texts: list[list[str]], query: list[str]) -> None:
    index = LexicalIndex(texts)
    expected = lucene(texts, query) if any(texts) else [0.0] * len(texts)
    np.testing.assert_allclose(index.scores(query), expected, rtol=1e-4, atol=1e-5)
    assert index.scores(query).shape == (len(texts),)
    assert max(expected) <= index.ceiling(query) + 1e-6


def test_the_ceiling_is_no_further_than_need_be() -> None:
    index = LexicalIndex([["芯片"] * 20, *(["别的", "内容"] * 500 for _ in range(50))])
    assert index.scores(["芯片"])[0] > 0.4 * index.ceiling(["芯片"]) > 0


class TestWeights:
    index = LexicalIndex(TEXTS)

    @pytest.mark.parametrize(("term", "holders"), [("芯片", 2), ("rk3588", 1), ("没有", 0)])
    def test_idf(self, term: str, holders: int) -> None:
        expected = log(1 + (4 - holders + 0.5) / (holders + 0.5))
        assert self.index.idf(term) == pytest.approx(expected)
        assert self.index.knows(term) == (holders > 0)

    def test_coverage_is_the_known_part_of_the_weight(self) -> None:
        assert self.index.coverage(["芯片", "小米", "芯片"]) == pytest.approx(1.0)
        assert self.index.coverage(["没有"]) == 0.0
        assert self.index.coverage([]) == 0.0
        known, unknown = self.index.idf("芯片"), self.index.idf("没有")
        found = self.index.coverage(["芯片", "没有"])
        assert found == pytest.approx(known / (known + unknown))

    def test_unknown_terms_score_nothing(self) -> None:
        assert self.index.scores(["没有"]).tolist() == [0.0] * 4
        np.testing.assert_array_equal(
            self.index.scores(["芯片", "没有"]), self.index.scores(["芯片"])
        )


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_without_any_term(texts: list[list[str]]) -> None:
    index = LexicalIndex(texts)
    assert index.scores(["芯片"]).tolist() == [0.0] * len(texts)
    assert index.coverage(["芯片"]) == 0.0
    assert not index.knows("芯片")
