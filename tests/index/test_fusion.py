"""Fusion: what each lane's vote weighs, and when it has none."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.fusion import LEXICAL_WEIGHT, fuse, standardise

DENSE = np.array([0.9, 0.8, 0.1], dtype=np.float32)
LEXICAL = np.array([0.0, 5.0, 7.0], dtype=np.float32)
SILENT = np.zeros(3, dtype=np.float32)
SCORES = st.lists(st.floats(-100, 100, width=32), max_size=20)


def order(scores: npt.NDArray[np.float32]) -> list[int]:
    return np.argsort(-scores).tolist()


def test_the_formula() -> None:
    z_dense = (DENSE - DENSE.mean()) / DENSE.std()
    z_lexical = (LEXICAL - LEXICAL.mean()) / LEXICAL.std()
    expected = (1 - LEXICAL_WEIGHT) * z_dense + LEXICAL_WEIGHT * z_lexical
    np.testing.assert_allclose(fuse(DENSE, LEXICAL, 1.0), expected, atol=1e-5)


def test_both_lanes_count() -> None:
    assert order(fuse(DENSE, LEXICAL, 1.0)) == [1, 0, 2]


@pytest.mark.parametrize("coverage", [0.0, 0.5, 1.0])
def test_a_silent_lane_does_not_vote(coverage: float) -> None:
    assert order(fuse(DENSE, SILENT, coverage)) == order(DENSE)
    if coverage:
        assert order(fuse(SILENT, LEXICAL, coverage)) == order(LEXICAL)


def test_words_the_corpus_does_not_know_take_the_vote_away() -> None:
    np.testing.assert_allclose(fuse(DENSE, LEXICAL, 0.0), standardise(DENSE))
    weights = [fuse(SILENT, LEXICAL, coverage).std() for coverage in (0.25, 0.5, 1.0)]
    np.testing.assert_allclose(np.divide(weights, LEXICAL_WEIGHT), [1 / 16, 1 / 4, 1], atol=1e-5)


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_to_compare(size: int) -> None:
    scores = np.full(size, 3.0, dtype=np.float32)
    assert fuse(scores, scores, 1.0).tolist() == [0.0] * size


@given(SCORES)
@settings(max_examples=100, deadline=None)
def test_standard_scores_keep_the_order(values: list[float]) -> None:
    scores = np.array(values, dtype=np.float32)
    found = standardise(scores)
    assert np.isfinite(found).all()
    assert len(found) == len(scores)
    if scores.size and scores.std() >= 1e-3:
        assert abs(found.mean()) < 1e-2
        assert abs(found.std() - 1) < 1e-2
        assert (np.diff(found[np.argsort(scores, kind="stable")]) >= -1e-5).all()
