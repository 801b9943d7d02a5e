"""What comparing all digests costs, as each start does: `python -m benchmarks.seals`.

Vectors are noise of the right size, for a digest does not care; the larger store holds the bundled
articles again and again.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np

from corpus.loading import load_bytes
from corpus.segmentation import Segmenter
from index import store
from index.encoder import Encoder, Vectors
from index.prepared import Prepared, prepare
from index.seals import broken
from service.assembly import ARTICLES

WANTED = 5000
"""Passages of the larger store."""
_DIMENSION = 384
_ROUNDS = 5


class Noise(Encoder):
    """An encoder without a model."""

    def __init__(self) -> None:
        self._dice = np.random.default_rng(1)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return noise, shape (texts, dimension)."""
        return self._dice.random((len(texts), _DIMENSION), dtype=np.float32)


def main() -> int:
    """Measure both stores, and print a line about each."""
    articles = [load_bytes(path.read_bytes(), path.name) for path in sorted(ARTICLES.glob("*.md"))]
    prepared = prepare(articles, Segmenter(), Noise())
    for passages in (0, WANTED):
        with tempfile.TemporaryDirectory() as folder:
            print(measured(Path(folder), prepared, passages))
    return 0


def measured(folder: Path, prepared: list[Prepared], wanted: int) -> str:
    """Fill a store with at least `wanted` passages, each article once or more, and examine it."""
    made = store.Store(folder)
    passages = 0
    with made.writing() as connection:
        for number, each in enumerate(cycle(prepared)):
            if number >= len(prepared) and passages >= wanted:
                break
            copy = replace(each, document=replace(each.document, id=f"{number:064}"))
            store.insert(connection, copy, "2025-01-26T20:00:00.000+00:00")
            passages += len(each.structure.passages)
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        with made.reading() as connection:
            assert not broken(connection)
        times.append((time.perf_counter() - began) * 1000)
    made.close()
    size = made.path.stat().st_size / 2**20
    return f"{passages} passages, {size:.1f} MiB: {sorted(times)[_ROUNDS // 2]:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
