"""From expected goals to scoreline grids."""

import numpy as np
from scipy.stats import poisson

from touchline.domain.table import FloatArray

LARGEST = 20
"""The grid's last row and column; a side with four expected goals scores more once in five hundred million matches."""


def score_grids(home_rate: FloatArray, away_rate: FloatArray, rho: float) -> FloatArray:
    """Dixon–Coles probabilities of every score, shape ``(n, LARGEST + 1, LARGEST + 1)``, for rates of shape ``(n,)``.

    Rho is brought inside the bounds of each pairing where it lies outside (a pairing of a side never seen may have
    narrower bounds than the fit had). The little mass beyond the grid is spread over it.
    """
    goals = np.arange(LARGEST + 1)
    grids = np.asarray(
        poisson.pmf(goals[None, :, None], home_rate[:, None, None])
        * poisson.pmf(goals[None, None, :], away_rate[:, None, None])
    )
    lowest = -0.999 / np.maximum(home_rate, away_rate)
    highest = 0.999 * np.minimum(1.0, 1 / (home_rate * away_rate))
    bounded = np.clip(rho, lowest, highest)
    grids[:, 0, 0] *= 1 - bounded * home_rate * away_rate
    grids[:, 0, 1] *= 1 + bounded * home_rate
    grids[:, 1, 0] *= 1 + bounded * away_rate
    grids[:, 1, 1] *= 1 - bounded
    return np.asarray(grids / grids.sum(axis=(1, 2), keepdims=True), dtype=np.float64)
