"""Calibration against scikit-learn, known distortions and bins worked by hand."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from touchline.evaluation.bootstrap import block_weights, mean_errors, week_blocks
from touchline.evaluation.calibration import calibration, expected_calibration_error, recalibration, reliability


def _forecasts(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([4, 2.5, 3], n)
    return p, np.array([rng.choice(3, p=row) for row in p])


def test_the_recalibration_line_is_that_of_scikit_learn() -> None:
    p, y = _forecasts(600, 3)
    happened = np.eye(3)[y].ravel()
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=500).fit(logit(p.ravel())[:, None], happened)
    line = recalibration(p.ravel(), happened, np.ones(p.size))
    assert line == pytest.approx((model.intercept_[0], model.coef_[0, 0]), abs=1e-5)


def test_calibrated_forecasts_have_slope_one_within_their_errors() -> None:
    p, y = _forecasts(4000, 4)
    found = calibration(p, y, np.arange(4000) // 10)
    assert abs(found.slope - 1) < 3 * found.slope_se
    assert abs(found.intercept) < 3 * found.intercept_se
    assert found.expected_error < 0.02


def test_over_confidence_shows_as_a_slope_under_one() -> None:
    rng = np.random.default_rng(5)
    truth = rng.uniform(0.05, 0.95, 20000)
    happened = (rng.random(20000) < truth).astype(float)
    intercept, slope = recalibration(expit(2 * logit(truth) + 0.5), happened, np.ones(20000))
    # The truth in terms of the forecast: logit(truth) = (logit(forecast) - 0.5) / 2.
    assert slope == pytest.approx(0.5, abs=0.03)
    assert intercept == pytest.approx(-0.25, abs=0.05)


def test_the_curve_keeps_certainty_in_its_last_bin() -> None:
    forecast, happened = np.array([0.0, 0.05, 0.55, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 1.0, 1.0])
    mean, share, count = reliability(forecast, happened, np.ones(5), bins=10)
    filled = count > 0
    assert mean[filled] == pytest.approx([0.025, 0.55, 0.975])
    assert share[filled] == pytest.approx([0.5, 1.0, 1.0])
    assert count[filled].tolist() == [2, 1, 2]
    assert expected_calibration_error(mean, share, count) == pytest.approx((2 * 0.475 + 0.45 + 2 * 0.025) / 5)


def test_errors_of_the_curve_are_binomial_where_matches_are_independent() -> None:
    """Three outcomes of one match are not independent, so a bin's error is near the binomial one, not at it."""
    p, y = _forecasts(4000, 9)
    found = calibration(p, y, np.arange(4000))
    binomial = np.sqrt(np.array(found.observed) * (1 - np.array(found.observed)) / np.array(found.count))
    large = np.array(found.count) > 500
    assert large.sum() >= 4
    assert np.array(found.observed_se)[large] == pytest.approx(binomial[large], rel=0.25)
    assert 0 < found.expected_error_se < 0.01
    assert len(found.forecast) == len(found.observed) == len(found.observed_se) == len(found.count)


def test_weeks_begin_on_monday() -> None:
    days = np.array(["2025-02-16", "2025-02-17", "2025-02-23", "2025-02-24"], dtype="datetime64[D]")  # Sun Mon Sun Mon
    assert week_blocks(days).tolist() == [0, 1, 1, 2]


def test_the_bootstrap_error_of_independent_values_is_the_textbook_one() -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(0, 2, (900, 1))
    error = mean_errors(values, np.arange(900), resamples=4000)[0]
    assert error == pytest.approx(2 / 30, rel=0.08)


def test_blocks_of_unequal_size_weigh_by_their_matches() -> None:
    """The mean over all matches, not over weeks: a resample that draws the big week twice counts it twice as large."""
    blocks = np.repeat([0, 1], [1, 9])
    values = np.where(blocks == 0, 1.0, 0.0)[:, None]
    means = [(w @ [1.0, 0.0]) / (w @ [1, 9]) for w in block_weights(blocks, 3000, seed=0)]
    assert mean_errors(values, blocks, 3000)[0] == pytest.approx(np.std(means, ddof=1))


def test_the_three_outcomes_of_a_match_are_drawn_together() -> None:
    """One block a match of sure and right forecasts, another of sure and wrong ones: by halves, the slope is lost."""
    rng = np.random.default_rng(10)
    blocks = np.repeat(np.arange(40), 10)
    p = rng.dirichlet([4, 2.5, 3], 400)
    luck = np.repeat(rng.random(40) < 0.5, 10)
    y = np.where(luck, p.argmax(axis=1), p.argmin(axis=1))
    together = calibration(p, y, blocks).slope_se
    alone = calibration(p, y, np.arange(400)).slope_se
    assert together is not None
    assert alone is not None
    assert together > 2 * alone


def test_blocks_that_move_together_have_a_larger_error() -> None:
    rng = np.random.default_rng(7)
    blocks = np.repeat(np.arange(90), 10)
    values = rng.normal(0, 1, 90)[blocks][:, None]
    assert mean_errors(values, blocks)[0] == pytest.approx(1 / np.sqrt(90), rel=0.15)
    assert mean_errors(values, np.arange(900))[0] < 0.5 / np.sqrt(90)
