"""Where ranking is decided: how the dense and the lexical lane become one score."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

LEXICAL_WEIGHT = 0.3
"""The lexical lane's weight when the corpus knows all of a question's words; the dense lane has the
rest. Recall@1 over the SQuAD-format sets is flat between 0.3 and 0.5."""


def fuse(dense: Scores, lexical: Scores, coverage: float) -> Scores:
    """Fuse two lanes' scores of the same passages by their z-scores.

    The lexical lane's vote shrinks with the square of `coverage`, the part of the question's words
    that the corpus knows at all: an English question over Chinese text must not be ranked by the
    one Latin word in it.

    Args:
        dense: cosines, shape (passages,).
        lexical: BM25 scores, shape (passages,).
        coverage: 0 to 1.

    Returns:
        Fused scores, shape (passages,); comparable within one question only.

    """
    weight = LEXICAL_WEIGHT * coverage**2
    return (1 - weight) * standardise(dense) + weight * standardise(lexical)


def standardise(scores: Scores) -> Scores:
    """Return z-scores; all zero where every score is the same (no evidence, no vote)."""
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < 1e-6:
        return np.zeros_like(scores)
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float32)
