"""How far a figure can be trusted: bootstrap intervals."""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 2000


def interval(values: Sequence[float | bool]) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean.

    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. The seed is fixed,
    so that the same outcomes give the same interval.

    Raises:
        ValueError: there are no values.

    """
    if not len(values):
        raise ValueError("There is nothing to resample.")
    chance = np.random.default_rng(0)
    sample = np.asarray(values, dtype=float)
    means = chance.choice(sample, (RESAMPLES, len(sample))).mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)
