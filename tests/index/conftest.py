from pathlib import Path

import numpy as np
import pytest

from corpus.segmentation import Segmenter
from index.encoder import Encoder, Vectors
from index.library import Library
from tests.index.samples import Open


class Remembering(Encoder):
    """The real encoder, sparing itself what it has computed before."""

    def __init__(self, encoder: Encoder) -> None:
        self.__dict__.update(encoder.__dict__)
        self._known: dict[str, Vectors] = {}

    def _encode(self, texts: list[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, super()._encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


@pytest.fixture(scope="session")
def quick_encoder(encoder: Encoder) -> Encoder:
    """Real vectors, for tests that add the same documents again and again."""
    return Remembering(encoder)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_library(directory: Path, quick_encoder: Encoder, segmenter: Segmenter) -> Open:
    return lambda: Library(directory, quick_encoder, segmenter)
