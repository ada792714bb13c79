"""Whether probabilities mean what they say.

The three outcomes are pooled: each match gives three pairs of a probability and whether that outcome happened.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from touchline.domain.table import FloatArray, IntArray
from touchline.evaluation.bootstrap import block_weights

EDGE = 1e-12
"""Probabilities are held this far from 0 and 1 before their logit is taken."""
RESAMPLES = 200
SINGULAR = 1e12
ENOUGH = 0.9
"""A standard error is stated if this share of the resamples gave a value."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The recalibration line in logits, the expected calibration error and the reliability curve.

    ``slope`` 1 and ``intercept`` 0 are perfect; a slope under 1 means over-confident. The curve has one point for each
    bin of probability that holds a forecast: mean forecast, share that happened with its standard error, and how many.
    Standard errors, whose names end in ``_se``, come from resampling blocks of matches. None stands for what so few
    matches cannot tell.
    """

    slope: float | None
    slope_se: float | None
    intercept: float | None
    intercept_se: float | None
    expected_error: float
    expected_error_se: float | None
    forecast: tuple[float, ...]
    observed: tuple[float, ...]
    observed_se: tuple[float | None, ...]
    count: tuple[int, ...]


def calibration(probabilities: FloatArray, outcome: IntArray, blocks: IntArray, bins: int = 10) -> Calibration:
    """Judge forecasts ``(n, 3)`` against outcomes ``(n,)``; standard errors from resampling ``blocks`` ``(n,)``."""
    forecast, happened = probabilities.ravel(), np.eye(3)[outcome].ravel()
    rows, weights = np.repeat(blocks, 3), block_weights(blocks, RESAMPLES)
    intercept, slope = recalibration(forecast, happened, np.ones_like(forecast))
    lines = np.array([recalibration(forecast, happened, w[rows]) for w in weights])
    mean, share, count = reliability(forecast, happened, np.ones_like(forecast), bins)
    curves = [reliability(forecast, happened, w[rows], bins) for w in weights]
    filled = count > 0
    shares = np.array([resampled[1] for resampled in curves])[:, filled]
    distances = np.array([expected_calibration_error(*resampled) for resampled in curves])
    return Calibration(
        slope=_told(slope),
        slope_se=_spread(lines[:, 1]),
        intercept=_told(intercept),
        intercept_se=_spread(lines[:, 0]),
        expected_error=expected_calibration_error(mean, share, count),
        expected_error_se=_spread(distances),
        forecast=tuple(mean[filled].tolist()),
        observed=tuple(share[filled].tolist()),
        observed_se=tuple(_spread(column) for column in shares.T),
        count=tuple(count[filled].astype(np.int64).tolist()),
    )


def _told(number: float) -> float | None:
    return number if np.isfinite(number) else None


def _spread(resampled: FloatArray) -> float | None:
    """The standard deviation of resampled values; None where too many could not be had, or all are one (one block)."""
    had = resampled[np.isfinite(resampled)]
    if len(had) < ENOUGH * len(resampled) or float(np.ptp(had)) == 0:
        return None
    return float(had.std(ddof=1))


def recalibration(forecast: FloatArray, happened: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Intercept and slope of the logistic regression of what happened on the forecast's logit, by Newton's method.

    NaN where there is no such line: all forecasts are one, or what happened is told apart without error.

    Source: Cox (1958), Two further applications of a model for binary regression, Biometrika 45.
    """
    x = logit(np.clip(forecast, EDGE, 1 - EDGE))
    design = np.stack([np.ones_like(x), x])
    line = np.array([0.0, 1.0])
    for _ in range(50):
        fitted = expit(line @ design)
        curvature = (design * (weight * fitted * (1 - fitted))) @ design.T
        if np.linalg.cond(curvature) > SINGULAR:
            break
        step = np.linalg.solve(curvature, design @ (weight * (happened - fitted)))
        line = line + step
        if float(np.abs(step).max()) < 1e-10:
            return float(line[0]), float(line[1])
    return float("nan"), float("nan")


def reliability(
    forecast: FloatArray, happened: FloatArray, weight: FloatArray, bins: int = 10
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean forecast, share that happened and weight of each of ``bins`` bins of equal width, ``(bins,)`` each.

    1.0 is in the last bin. An empty bin has weight 0 and NaN for the others.
    """
    place = np.minimum((forecast * bins).astype(np.int64), bins - 1)
    total = np.bincount(place, weight, bins)
    filled = np.where(total > 0, total, np.nan)
    mean = np.bincount(place, weight * forecast, bins) / filled
    return mean, np.bincount(place, weight * happened, bins) / filled, total


def expected_calibration_error(forecast: FloatArray, observed: FloatArray, weight: FloatArray) -> float:
    """The mean distance between forecast and observed over the curve's bins, by the weight of each."""
    return float(np.nansum(np.abs(forecast - observed) * weight) / weight.sum())
