"""Scores of outcome forecasts, one value a match, so that means, differences and resamples are all the reader's.

Every function takes ``probabilities`` of shape ``(n, 3)`` (home, draw, away) and ``outcome`` of shape ``(n,)`` with
values 0, 1, 2, and returns shape ``(n,)``. Lower is better but for ``correct``.
"""

from collections.abc import Callable

import numpy as np

from touchline.domain.table import FloatArray, IntArray

Score = Callable[[FloatArray, IntArray], FloatArray]


def ranked_probability(probabilities: FloatArray, outcome: IntArray) -> FloatArray:
    """The ranked probability score in [0, 1]: half the sum of the two squared differences of the cumulated forecast
    and the cumulated outcome.

    Source: Epstein (1969); Constantinou and Fenton (2012), Journal of Quantitative Analysis in Sports 8(1), for
    football, there with the same division by the number of categories less one.
    """
    happened = _indicator(outcome)
    difference = np.cumsum(probabilities, axis=1)[:, :2] - np.cumsum(happened, axis=1)[:, :2]
    return np.asarray((difference**2).sum(axis=1) / 2)


def log_loss(probabilities: FloatArray, outcome: IntArray) -> FloatArray:
    """Minus the logarithm (natural, so in nats) of the probability given to what happened; infinite where it was 0."""
    with np.errstate(divide="ignore"):
        return -np.log(probabilities[np.arange(len(outcome)), outcome])


def brier(probabilities: FloatArray, outcome: IntArray) -> FloatArray:
    """Brier's score: the squared differences summed over the three outcomes, in [0, 2]. Source: Brier (1950)."""
    return np.asarray(((probabilities - _indicator(outcome)) ** 2).sum(axis=1))


def correct(probabilities: FloatArray, outcome: IntArray) -> FloatArray:
    """1 where the likeliest outcome happened, else 0: its mean is the accuracy. A tie goes to the home side first."""
    return np.asarray(probabilities.argmax(axis=1) == outcome, dtype=np.float64)


SCORES: dict[str, Score] = {"rps": ranked_probability, "log_loss": log_loss, "brier": brier, "accuracy": correct}
"""The scores by the names that tables show."""


def _indicator(outcome: IntArray) -> FloatArray:
    return np.asarray(np.eye(3)[outcome])
