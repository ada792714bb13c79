"""Taking the bookmaker's margin out of decimal odds, so that what is left sums to one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from touchline.domain.errors import TouchlineError
from touchline.domain.table import BoolArray, FloatArray

HALVINGS = 60
HELD = 1e-6


@dataclass(frozen=True, slots=True)
class Devigged:
    """Probabilities of shape ``(n, outcomes)``, and where the method did not hold and proportional ones stand
    instead: a method that explains the margin cannot explain a book under 100 %. Rows of NaN stay NaN.
    """

    probabilities: FloatArray
    fell_back: BoolArray


def remove_margin(odds: FloatArray, method: str = "power") -> Devigged:
    """Probabilities from decimal odds of shape ``(n, outcomes)`` by ``proportional``, ``power`` or ``shin``.

    Raises:
        TouchlineError: the method is not known, or an odd is not above 1.
    """
    if method not in METHODS:
        raise TouchlineError(f"{method!r} removes no margin", f"use one of {', '.join(METHODS)}", field="method")
    if bool((odds <= 1).any()):
        raise TouchlineError("decimal odds lie above 1", "check the prices", field="odds")
    inverse = 1 / odds
    found = METHODS[method](inverse)
    lost = ~np.isfinite(found).all(axis=1) & np.isfinite(inverse).all(axis=1)
    return Devigged(np.where(lost[:, None], proportional(inverse), found), lost)


def proportional(inverse: FloatArray) -> FloatArray:
    """Every inverse odd divided by their sum."""
    return np.asarray(inverse / inverse.sum(axis=1, keepdims=True))


def power(inverse: FloatArray) -> FloatArray:
    """Inverse odds to the power k that makes them sum to one; it takes more from long shots, as bookmakers do.

    Source: Clarke, Kovalchik and Ingram (2017), Adjusting bookmaker's odds to allow for overround.
    """
    exponent = _bisect(lambda k: (inverse ** k[:, None]).sum(axis=1) - 1, 0.05, 20.0, len(inverse))
    return _held(inverse ** exponent[:, None])


def shin(inverse: FloatArray) -> FloatArray:
    """Shin's model: the margin guards against a share z of bettors who know the result; NaN where z would be negative.

    Source: Shin (1993), Measuring the incidence of insider trading in a market for state-contingent claims, Economic
    Journal 103; the closed form in z of Jullien and Salanié (1994).
    """
    book = inverse.sum(axis=1, keepdims=True)

    def probabilities(z: FloatArray) -> FloatArray:
        share = z[:, None]
        root = np.sqrt(share**2 + 4 * (1 - share) * inverse**2 / book)
        return np.asarray((root - share) / (2 * (1 - share)))

    z = _bisect(lambda z: probabilities(z).sum(axis=1) - 1, 0.0, 0.9, len(inverse))
    return np.where(book < 1, np.nan, _held(probabilities(z)))


METHODS: dict[str, Callable[[FloatArray], FloatArray]] = {"proportional": proportional, "power": power, "shin": shin}
"""The methods by name; each takes inverse odds."""


def _held(probabilities: FloatArray) -> FloatArray:
    """The rows that sum to one, to the last digit; NaN for those whose root lay outside the search."""
    total = probabilities.sum(axis=1, keepdims=True)
    return np.asarray(np.where(np.abs(total - 1) < HELD, probabilities / total, np.nan))


def _bisect(excess: Callable[[FloatArray], FloatArray], low: float, high: float, n: int) -> FloatArray:
    """For each row the root of a decreasing function between two bounds."""
    lower, upper = np.full(n, low), np.full(n, high)
    for _ in range(HALVINGS):
        middle = (lower + upper) / 2
        above = excess(middle) > 0
        lower, upper = np.where(above, middle, lower), np.where(above, upper, middle)
    return np.asarray((lower + upper) / 2)
