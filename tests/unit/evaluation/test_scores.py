"""Scores against values worked by hand and against scikit-learn and penaltyblog."""

import numpy as np
import penaltyblog
import pytest
from sklearn.metrics import accuracy_score
from sklearn.metrics import log_loss as sklearn_log_loss

from touchline.evaluation import scores

P = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]])
Y = np.array([0, 0, 0, 1])


def test_ranked_probability_by_hand() -> None:
    # Row 1: ½ ((0.5-1)² + (0.8-1)²); row 2: ½ ((0.2-1)² + (0.5-1)²); row 4: ½ ((1/3)² + (2/3-1)²).
    expected = [0.145, 0.445, 0.0, 1 / 9]
    assert scores.ranked_probability(P, Y) == pytest.approx(expected)


def test_the_worst_forecast_scores_one() -> None:
    assert scores.ranked_probability(np.array([[0.0, 0.0, 1.0]]), np.array([0])) == pytest.approx([1.0])


def test_log_loss_by_hand_in_nats() -> None:
    assert scores.log_loss(P, Y) == pytest.approx([np.log(2), np.log(5), 0.0, np.log(3)])
    assert scores.log_loss(np.array([[1.0, 0.0, 0.0]]), np.array([2]))[0] == np.inf


def test_brier_by_hand() -> None:
    assert scores.brier(P, Y) == pytest.approx([0.25 + 0.09 + 0.04, 0.64 + 0.09 + 0.25, 0.0, 2 / 3])


def test_accuracy_counts_the_likeliest() -> None:
    assert scores.correct(P, Y).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_agreement_with_independent_implementations() -> None:
    rng = np.random.default_rng(1)
    p, y = rng.dirichlet([2, 1, 1.5], 400), rng.integers(0, 3, 400)
    assert scores.ranked_probability(p, y).mean() == pytest.approx(penaltyblog.metrics.rps_average(p, y), abs=1e-12)
    assert scores.log_loss(p, y).mean() == pytest.approx(sklearn_log_loss(y, p, labels=[0, 1, 2]), abs=1e-12)
    assert scores.correct(p, y).mean() == accuracy_score(y, p.argmax(axis=1))
    brier = penaltyblog.metrics.multiclass_brier_score(p, y)
    assert scores.brier(p, y).mean() == pytest.approx(brier, abs=1e-12)
