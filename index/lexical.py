"""The lexical lane: BM25 over search terms.

Scoring is bm25s' (its "lucene" variant: Kamphuis et al., 2020, "Which BM25 do you mean?"): tested
against the reference implementations, sparse and eager, numpy alone.
"""

import logging
from collections.abc import Collection, Sequence

import bm25s
import numpy as np
import numpy.typing as npt

logging.getLogger("bm25s").setLevel(logging.WARNING)

K1 = 1.2
B = 0.75


class LexicalIndex:
    """BM25 over some texts given as lists of terms; immutable.

    Args:
        texts: each text's terms. A text's place here is its place in every array returned.

    """

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._size = len(texts)
        self._model: bm25s.BM25 | None = None
        self._frequency: dict[str, int] = {}
        if any(texts):
            self._model = bm25s.BM25(method="lucene", k1=K1, b=B)
            self._model.index([list(terms) for terms in texts], show_progress=False)
            starts = self._model.scores["indptr"]
            self._frequency = {
                term: int(starts[column + 1] - starts[column])
                for term, column in self._model.vocab_dict.items()
                if column + 1 < len(starts)
            }

    def scores(self, terms: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return every text's BM25 score for a query, shape (texts,)."""
        known = [term for term in terms if term in self._frequency]
        if self._model is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def idf(self, term: str) -> float:
        """Return Lucene's inverse document frequency: log(1 + (N - n + 0.5) / (n + 0.5))."""
        n = self._frequency.get(term, 0)
        return float(np.log1p((self._size - n + 0.5) / (n + 0.5)))

    def knows(self, term: str) -> bool:
        """Tell whether any text has this term."""
        return term in self._frequency

    def words(self) -> Collection[str]:
        """Return all terms that some text has."""
        return self._frequency.keys()

    def coverage(self, terms: Sequence[str]) -> float:
        """Return the part of a query's weight (by idf) that its known terms carry, 0 to 1."""
        wanted = set(terms)
        total = sum(self.idf(term) for term in wanted)
        return sum(self.idf(term) for term in wanted if self.knows(term)) / total if total else 0.0

    def ceiling(self, terms: Sequence[str]) -> float:
        """Return a bound no text's score for this query can exceed (0 for an empty query)."""
        return sum(self.idf(term) for term in terms)
