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


@dataclass(frozen=True, slots=True)
class Calibration:
    """The recalibration line in logits, the expected calibration error and the reliability curve.

    ``slope`` 1 and ``intercept`` 0 are perfect; a slope under 1 means over-confident. The curve has one point for each
    bin of probability that holds a forecast: mean forecast, share that happened, and how many.
    """

    slope: float
    slope_error: float
    intercept: float
    intercept_error: float
    expected_error: float
    forecast: tuple[float, ...]
    observed: tuple[float, ...]
    count: tuple[int, ...]


def calibration(probabilities: FloatArray, outcome: IntArray, blocks: IntArray, bins: int = 10) -> Calibration:
    """Judge forecasts ``(n, 3)`` against outcomes ``(n,)``; standard errors from resampling ``blocks`` ``(n,)``."""
    forecast, happened = probabilities.ravel(), np.eye(3)[outcome].ravel()
    intercept, slope = recalibration(forecast, happened, np.ones_like(forecast))
    row_blocks = np.repeat(blocks, 3)
    resampled = np.array([recalibration(forecast, happened, w[row_blocks]) for w in block_weights(blocks, RESAMPLES)])
    intercept_error, slope_error = resampled.std(axis=0, ddof=1)
    mean, share, count = reliability(forecast, happened, bins)
    return Calibration(
        slope,
        float(slope_error),
        intercept,
        float(intercept_error),
        expected_calibration_error(mean, share, count),
        tuple(mean.tolist()),
        tuple(share.tolist()),
        tuple(count.tolist()),
    )


def recalibration(forecast: FloatArray, happened: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Intercept and slope of the logistic regression of what happened on the forecast's logit, by Newton's method.

    Source: Cox (1958), Two further applications of a model for binary regression, Biometrika 45.
    """
    x = logit(np.clip(forecast, EDGE, 1 - EDGE))
    design = np.stack([np.ones_like(x), x])
    line = np.array([0.0, 1.0])
    for _ in range(50):
        fitted = expit(line @ design)
        curvature = (design * (weight * fitted * (1 - fitted))) @ design.T
        step = np.linalg.solve(curvature, design @ (weight * (happened - fitted)))
        line = line + step
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(line[0]), float(line[1])


def reliability(forecast: FloatArray, happened: FloatArray, bins: int = 10) -> tuple[FloatArray, FloatArray, IntArray]:
    """Mean forecast, share that happened and count of each bin of equal width that is not empty; 1.0 is in the last."""
    place = np.minimum((forecast * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    filled = count > 0
    mean = np.bincount(place, forecast, bins)[filled] / count[filled]
    share = np.bincount(place, happened, bins)[filled] / count[filled]
    return mean, share, count[filled].astype(np.int64)


def expected_calibration_error(forecast: FloatArray, observed: FloatArray, count: IntArray) -> float:
    """The mean distance between forecast and observed over the curve's bins, by the number of forecasts in each."""
    return float(np.abs(forecast - observed) @ count / count.sum())
