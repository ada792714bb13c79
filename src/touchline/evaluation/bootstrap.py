"""Standard errors by resampling weeks of matches.

Matches of one week share news, weather and the state of the model, so weeks and not matches are drawn with
replacement. Source: Künsch (1989) for blocks; the blocks here are calendar weeks from Monday to Sunday.
"""

import numpy as np

from touchline.domain.table import DayArray, FloatArray, IntArray

RESAMPLES = 1000


def week_blocks(day: DayArray) -> IntArray:
    """The number of the week of each day, counted from 0 without gaps; shape ``(n,)``."""
    # 1970-01-01 was a Thursday, so adding three makes weeks begin on Monday.
    weeks = (day.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return np.unique(weeks, return_inverse=True)[1].astype(np.int64)


def block_weights(blocks: IntArray, resamples: int = RESAMPLES, seed: int = 0) -> FloatArray:
    """How often each block is drawn in each resample, shape ``(resamples, blocks)``; fixed by the seed."""
    count = int(blocks.max()) + 1
    rng = np.random.default_rng(seed)
    return rng.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)


def mean_errors(values: FloatArray, blocks: IntArray, resamples: int = RESAMPLES, seed: int = 0) -> FloatArray:
    """The standard errors of the means of columns of shape ``(n, k)``; returns shape ``(k,)``."""
    weights = block_weights(blocks, resamples, seed)
    sums = np.stack([np.bincount(blocks, column) for column in values.T], axis=1)
    means = weights @ sums / (weights @ np.bincount(blocks))[:, None]
    return np.asarray(means.std(axis=0, ddof=1), dtype=np.float64)
