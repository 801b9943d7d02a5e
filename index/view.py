"""One state of the library, from the first to the last read of a query."""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from corpus.document import Document, Section
from corpus.folding import fold_with_offsets
from corpus.segmentation import Segmenter
from index import reading
from index.dense import DenseIndex
from index.encoder import Encoder
from index.entry import Entry, Hit, Page, StoredSentence
from index.fusion import fuse
from index.lexical import LexicalIndex

T = TypeVar("T")

KEPT = 4000
"""Passages whose sentences are kept from one question to the next: some 6 kB each."""
_passage_of = attrgetter("passage")


@dataclass(frozen=True)
class Snapshot:
    """What a generation of the store looks like in memory; never changed, only replaced.

    Attributes:
        generation: the store's generation it was built from.
        dense: vectors of the passages.
        lexical: BM25 over the passages, in the order of `dense.ids`.
        owners: each passage's document, in the same order.

    """

    generation: int
    dense: DenseIndex
    lexical: LexicalIndex
    owners: tuple[str, ...]
    memo: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def ids(self) -> npt.NDArray[np.int64]:
        """Passage ids, in order."""
        return self.dense.ids


@dataclass(frozen=True)
class Ranked:
    """A passage in the order of a search, before it is read from the store."""

    passage: int
    score: float
    dense: float
    lexical: float


class View:
    """The library as one query sees it.

    Args:
        snapshot: the ranking data.
        connection: inside a read transaction of the same generation.

    """

    def __init__(
        self,
        snapshot: Snapshot,
        connection: sqlite3.Connection,
        encoder: Encoder,
        segmenter: Segmenter,
    ) -> None:
        self._snapshot = snapshot
        self._connection = connection
        self.encoder = encoder
        self.segmenter = segmenter

    @property
    def lexical(self) -> LexicalIndex:
        """Word statistics over the passages."""
        return self._snapshot.lexical

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self._snapshot.owners)

    def entries(self) -> list[Entry]:
        """Return all documents, oldest first."""
        return reading.read_entries(self._connection)

    def document(self, document: str) -> Document:
        """Return a document with its text. Raises DocumentNotFound."""
        return reading.read_document(self._connection, document)

    def headings(self) -> set[tuple[str, ...]]:
        """Return all headings of all documents, each as the path of headings down to it."""
        return reading.read_headings(self._connection)

    def texts(self) -> list[str]:
        """Return all passages' words."""
        return reading.read_texts(self._connection)

    def row_beginnings(self) -> list[str]:
        """Return the first characters of all table rows that stand under column names."""
        return reading.read_row_beginnings(self._connection)

    def sections(self, document: str) -> list[Section]:
        """Return a document's sections in order."""
        return reading.read_sections(self._connection, document)

    def sentences(self, passages: Sequence[int]) -> list[StoredSentence]:
        """Return the sentences of some passages, passage by passage in the order given."""
        kept: dict[int, list[StoredSentence]] = self.remember("sentences", dict)
        found = {passage: kept.get(passage) for passage in passages}
        if missing := [passage for passage, known in found.items() if known is None]:
            read = reading.read_sentences(self._connection, missing)
            fresh = {passage: list(own) for passage, own in groupby(read, key=_passage_of)}
            if len(kept) > KEPT:
                kept.clear()
            kept.update(fresh)
            found.update(fresh)
        return [sentence for passage in passages for sentence in found[passage] or ()]

    def pages(self, passages: Sequence[int]) -> dict[int, Page]:
        """Return some passages as they are embedded, under their headings."""
        return reading.read_pages(self._connection, passages)

    def remember(self, key: str, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once for this generation of the library."""
        memo = self._snapshot.memo
        if key not in memo:
            memo[key] = make()
        found: T = memo[key]
        return found

    def rank(
        self,
        vector: npt.NDArray[np.float32],
        terms: Sequence[str],
        limit: int,
        documents: Collection[str] = (),
        around: Collection[int] = (),
    ) -> list[Ranked]:
        """Rank passages for a question given as a vector and as terms, best first.

        Args:
            vector: the question's unit vector, shape (dimension,).
            terms: its search terms.
            limit: how many to return at most, neighbours not counted.
            documents: ids to restrict the search to; all when empty.
            around: which neighbours of those to return after them: -1 for the passage before.

        """
        if not len(self):
            return []
        snapshot = self._snapshot
        dense = snapshot.dense.scores(vector)
        lexical = snapshot.lexical.scores(terms)
        inside = np.array([not documents or owner in documents for owner in snapshot.owners])
        fused = np.full(len(dense), -np.inf, dtype=np.float32)
        # Among the passages of the documents asked: beside others, all of theirs would stand out.
        coverage = snapshot.lexical.coverage(terms)
        fused[inside] = fuse(dense[inside], lexical[inside], coverage)
        ceiling = snapshot.lexical.ceiling(terms) or 1.0
        best = np.argsort(-fused, kind="stable")[:limit]
        best = np.concatenate([best, self._neighbours(best, around)])
        return [
            Ranked(
                int(snapshot.ids[place]),
                float(fused[place]),
                float(dense[place]),
                min(1.0, float(lexical[place]) / ceiling),
            )
            for place in best
            if np.isfinite(fused[place])
        ]

    def _neighbours(
        self, places: npt.NDArray[np.intp], around: Collection[int]
    ) -> npt.NDArray[np.intp]:
        """Return the places beside `places` in the same documents, without these, in order."""
        owners = self._snapshot.owners
        beside = {
            int(place) + step
            for place in places
            for step in around
            if 0 <= place + step < len(owners) and owners[place + step] == owners[place]
        }
        return np.array(sorted(beside - set(places.tolist())), dtype=np.intp)

    def hits(self, ranked: Sequence[Ranked], terms: Sequence[str] = ()) -> list[Hit]:
        """Read ranked passages from the store, with the terms' places highlighted."""
        rows = reading.read_passages(self._connection, [found.passage for found in ranked])
        return [
            Hit(
                **rows[found.passage],
                score=displayed(found),
                dense=found.dense,
                lexical=found.lexical,
                highlights=highlight(
                    rows[found.passage]["text"], rows[found.passage]["start"], terms
                ),
            )
            for found in ranked
        ]


def displayed(found: Ranked) -> float:
    """Return the score shown to people: half similarity, half share of the words, 0 to 1."""
    return round(min(1.0, max(0.0, 0.5 * found.dense + 0.5 * found.lexical)), 4)


def highlight(text: str, offset: int, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return where `terms` occur in `text`, through width, case and script; overlaps are joined.

    Args:
        text: a passage's text.
        offset: its place in the document, added to every range.
        terms: folded search terms.

    """
    folded = fold_with_offsets(text)
    ranges = sorted({found for term in set(terms) for found in folded.find_all(term)})
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple((offset + start, offset + end) for start, end in joined)
