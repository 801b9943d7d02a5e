"""Searching for passages, for people who want to read rather than be told."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from corpus.folding import to_mainland
from index.entry import Hit
from index.view import View


def search(
    view: View,
    query: str,
    limit: int = 10,
    documents: Collection[str] = (),
    vector: npt.NDArray[np.float32] | None = None,
) -> list[Hit]:
    """Return the passages nearest to `query`, best first, with its words highlighted.

    Args:
        view: the library.
        query: words or a question, in any script.
        limit: how many at most.
        documents: ids to restrict the search to; all when empty.
        vector: the query's unit vector, shape (dimension,), where it is at hand.

    """
    terms = query_terms(view, query)
    if vector is None:
        vector = view.encoder.encode_queries([query])[0]
    return view.hits(view.rank(vector, terms, limit, documents), terms)


def query_terms(view: View, query: str) -> list[str]:
    """Return a query's search terms; a traditional one's in mainland words too (晶片, 芯片)."""
    terms = view.segmenter.terms(query)
    mainland = view.segmenter.terms(to_mainland(query))
    return terms + [term for term in mainland if term not in terms]
