"""What the benchmarks compare with: a plain method, and the encoder alone."""

import statistics
import time
from collections.abc import Sequence

import numpy as np

from index.encoder import Encoder
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.view import View
from qa.search import query_terms

DEPTH = 10
"""Passages whose sentences the plain method looks at."""


def plain_sentence(view: View, question: str) -> str:
    """Return of the top passages' sentences the one that dense and BM25 scores put first.

    The scores are fused as for passages; the method never refuses.
    """
    terms = query_terms(view, question)
    vector = view.encoder.encode_queries([question])[0]
    ranked = view.rank(vector, terms, DEPTH)
    sentences = view.sentences([found.passage for found in ranked])
    lexical = LexicalIndex([sentence.terms for sentence in sentences])
    dense = np.stack([sentence.vector for sentence in sentences]) @ vector
    fused = fuse(dense, lexical.scores(terms), lexical.coverage(terms))
    return sentences[int(fused.argmax())].text


def median_ms(texts: Sequence[str], encoder: Encoder) -> float:
    """Return the median milliseconds of encoding one question."""
    times = []
    for text in texts:
        began = time.perf_counter()
        encoder.encode_queries([text])
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000
