import numpy as np
import pytest

from index.encoder import Encoder, Vectors


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
