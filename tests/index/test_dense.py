"""The FAISS file: what was saved comes back, and nothing else is believed."""

import logging
import os
from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseIndex
from index.encoder import Vectors

IDS = [3, 7, 2**40, 5]


def unit_vectors(count: int, dimension: int = 8) -> Vectors:
    vectors = np.random.default_rng(count).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


VECTORS = unit_vectors(len(IDS))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "passages.faiss"
    DenseIndex(IDS, VECTORS).save(path, 4)
    return path


def test_scores_are_cosines_in_the_order_of_the_ids() -> None:
    index = DenseIndex(IDS, VECTORS)
    assert index.ids.tolist() == IDS
    assert len(index) == len(IDS)
    for vector in [*VECTORS, *unit_vectors(9)]:
        np.testing.assert_allclose(index.scores(vector), VECTORS @ vector, atol=1e-6)


def test_an_empty_index(tmp_path: Path) -> None:
    index = DenseIndex([], np.zeros((0, 8), np.float32))
    index.save(tmp_path / "empty", 1)
    loaded = DenseIndex.load(tmp_path / "empty", 1)
    assert loaded is not None
    for each in (index, loaded):
        assert len(each) == 0
        assert each.ids.tolist() == []
        assert each.scores(VECTORS[0]).shape == (0,)


def test_it_comes_back_as_it_was(path: Path) -> None:
    loaded = DenseIndex.load(path, 4)
    assert loaded is not None
    assert loaded.ids.tolist() == IDS
    np.testing.assert_array_equal(
        loaded.scores(VECTORS[2]), DenseIndex(IDS, VECTORS).scores(VECTORS[2])
    )


def test_saving_leaves_one_file(path: Path) -> None:
    DenseIndex(IDS[:2], VECTORS[:2]).save(path, 5)
    assert list(path.parent.iterdir()) == [path]
    loaded = DenseIndex.load(path, 5)
    assert loaded is not None
    assert loaded.ids.tolist() == IDS[:2]


def test_a_failed_save_leaves_the_old_file_and_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        DenseIndex(IDS[:1], VECTORS[:1]).save(path, 5)
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize("generation", [0, 3, 5, 2**63])
def test_another_generation_is_not_used(path: Path, generation: int) -> None:
    assert DenseIndex.load(path, generation) is None


def test_a_missing_file(tmp_path: Path) -> None:
    assert DenseIndex.load(tmp_path / "none", 1) is None
    assert DenseIndex.load(tmp_path, 1) is None


@pytest.mark.parametrize("left", [0, 7, 8, 47, 48, 49, 100, -1])
def test_a_truncated_file(path: Path, left: int) -> None:
    path.write_bytes(path.read_bytes()[:left])
    assert DenseIndex.load(path, 4) is None


def test_a_flipped_bit_anywhere(path: Path) -> None:
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert DenseIndex.load(path, 4) is None, place


def test_damage_is_logged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(path.read_bytes() + b"more")
    with caplog.at_level(logging.WARNING):
        assert DenseIndex.load(path, 4) is None
    assert f"{path} is damaged; building it again from the store." in caplog.text


def test_what_killed_processes_left_is_swept(path: Path) -> None:
    old, young = (path.with_name(f"{path.name}{name}.tmp") for name in ("old", "young"))
    for each in (old, young):
        each.write_bytes(b"half")
    os.utime(old, (1, 1))
    DenseIndex(IDS, VECTORS).save(path, 5)
    assert set(path.parent.iterdir()) == {path, young}
