"""Markets read off a score grid, against sums worked by hand."""

import numpy as np
import pytest

from touchline.domain.errors import TouchlineError
from touchline.domain.forecast import Forecast, ScoreGrid

# home\away    0     1     2
GRID = ScoreGrid(
    np.array(
        [
            [0.10, 0.08, 0.02],
            [0.20, 0.15, 0.05],
            [0.25, 0.10, 0.05],
        ]
    )
)


def test_outcomes_are_the_triangles_and_the_diagonal() -> None:
    assert GRID.outcome == pytest.approx([0.55, 0.30, 0.15])


def test_expected_goals_are_the_means_of_the_margins() -> None:
    assert GRID.expected_goals == pytest.approx((0.4 + 2 * 0.4, 0.33 + 2 * 0.12))


def test_both_to_score_leaves_out_the_first_row_and_column() -> None:
    assert GRID.both_to_score == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("line", "win", "push"),
    [
        (0.5, 0.90, 0.0),
        (2.5, 0.20, 0.0),  # 1–2, 2–1, 2–2
        (2.0, 0.20, 0.42),  # two goals: 0–2, 1–1, 2–0
        (2.25, 0.20, 0.21),  # half on 2, half on 2.5
        (2.75, 0.125, 0.075),  # half on 2.5, half on 3: 2–2 beats it, 1–2 and 2–1 give it back
    ],
)
def test_totals(line: float, win: float, push: float) -> None:
    shares = GRID.over(line)
    assert (shares.win, shares.push) == pytest.approx((win, push))
    assert shares.win + shares.push + shares.lose == pytest.approx(1)
    under = GRID.under(line)
    assert (under.win, under.push, under.lose) == pytest.approx((shares.lose, shares.push, shares.win))


@pytest.mark.parametrize(
    ("line", "win", "push"),
    [
        (-0.5, 0.55, 0.0),
        (0.0, 0.55, 0.30),
        (0.5, 0.85, 0.0),
        (-1.0, 0.25, 0.30),  # by two: 2–0; by one: 1–0, 2–1
        (-0.25, 0.55, 0.15),
        (-0.75, 0.40, 0.15),
        (1.0, 0.85, 0.13),  # level or better wins, a defeat by one gives back
    ],
)
def test_handicaps_have_the_sign_of_the_home_side(line: float, win: float, push: float) -> None:
    shares = GRID.handicap(line)
    assert (shares.win, shares.push) == pytest.approx((win, push))


def test_fair_odds_neither_gain_nor_lose() -> None:
    shares = GRID.handicap(-0.25)
    assert shares.win * (shares.fair_odds - 1) == pytest.approx(shares.lose)
    assert GRID.handicap(-5).fair_odds == np.inf


def test_a_line_is_a_multiple_of_a_quarter() -> None:
    with pytest.raises(TouchlineError, match="quarter"):
        GRID.over(2.3)


def test_the_likeliest_scores_come_first() -> None:
    assert GRID.likeliest(2) == [(2, 0, 0.25), (1, 0, 0.20)]


def test_a_forecast_reads_outcomes_off_its_grids() -> None:
    forecast = Forecast.of_grids(np.stack([GRID.probabilities, GRID.probabilities.T]))
    assert forecast.outcome == pytest.approx(np.array([[0.55, 0.30, 0.15], [0.15, 0.30, 0.55]]))


@pytest.mark.parametrize("outcome", [[[0.5, 0.5, 0.1]], [[1.2, -0.1, -0.1]], [[np.nan, 0.5, 0.5]], [0.2, 0.3, 0.5]])
def test_what_is_no_forecast_is_refused(outcome: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="probabilit"):
        Forecast(np.array(outcome))


def test_a_grid_must_be_square_and_sum_to_one() -> None:
    with pytest.raises(ValueError, match="square"):
        ScoreGrid(np.ones((2, 3)) / 6)
    with pytest.raises(ValueError, match="sum to 1"):
        ScoreGrid(np.ones((2, 2)))
