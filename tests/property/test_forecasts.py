"""What holds of every grid, every book and every file."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.domain.errors import SourceError
from touchline.domain.forecast import Forecast, ScoreGrid
from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season
from touchline.evaluation.margins import METHODS, remove_margin
from touchline.evaluation.scores import ranked_probability
from touchline.ingest.port import Address, Payload
from touchline.ingest.sources.results_csv import parse_results
from touchline.models.dixon_coles.grid import score_grids
from touchline.serving.page.format import percents

rates = st.floats(0.05, 5.0)


@given(home=rates, away=rates, rho=st.floats(-3, 3), line=st.integers(-20, 20))
def test_markets_of_one_grid_agree_with_one_another(home: float, away: float, rho: float, line: int) -> None:
    grid = ScoreGrid(score_grids(np.array([home]), np.array([away]), rho)[0])
    win, draw, lose = grid.outcome
    assert win + draw + lose == pytest.approx(1)
    assert grid.handicap(-0.5).win == pytest.approx(win)
    assert grid.handicap(0.5).lose == pytest.approx(lose)
    level = grid.handicap(0)
    assert (level.win, level.push, level.lose) == pytest.approx((win, draw, lose))
    lower, higher = grid.handicap(line / 4), grid.handicap((line + 1) / 4)
    assert higher.win >= lower.win - 1e-12
    assert higher.lose <= lower.lose + 1e-12
    over = grid.over(2.5).win
    assert grid.over(3.5).win <= over <= grid.over(1.5).win
    assert grid.expected_goals == pytest.approx((home, away), rel=0.02)


@given(st.lists(st.tuples(rates, rates), min_size=1, max_size=5))
def test_swapping_the_sides_mirrors_the_forecast(pairs: list[tuple[float, float]]) -> None:
    home, away = np.array(pairs).T
    outcome = Forecast.of_grids(score_grids(home, away, -0.05)).outcome
    mirrored = Forecast.of_grids(score_grids(away, home, -0.05)).outcome
    assert outcome == pytest.approx(mirrored[:, ::-1])


@given(
    method=st.sampled_from(list(METHODS)),
    truth=st.lists(st.floats(0.02, 1.0), min_size=3, max_size=3),
    margin=st.floats(-0.02, 0.15),
)
def test_probabilities_without_margin_sum_to_one_and_keep_their_order(
    method: str, truth: list[float], margin: float
) -> None:
    p = np.array([truth]) / sum(truth) * (1 + margin)
    odds = np.maximum(1 / p, 1.0001)
    found = remove_margin(odds, method).probabilities[0]
    assert found.sum() == pytest.approx(1)
    assert (found > 0).all()
    assert (found[np.argsort(odds[0])][:-1] >= found[np.argsort(odds[0])][1:] - 1e-12).all()


@given(st.lists(st.floats(0.001, 1.0), min_size=3, max_size=3), st.integers(0, 2))
def test_the_ranked_probability_score_is_proper(weights: list[float], shift: int) -> None:
    """No forecast is expected to score better than the truth itself."""
    truth = np.array(weights) / sum(weights)
    other = np.roll(truth, shift) * 0.9 + 0.1 / 3

    def expected(forecast: np.ndarray) -> float:
        return float(truth @ ranked_probability(np.tile(forecast, (3, 1)), np.arange(3)))

    assert expected(truth) <= expected(other) + 1e-12


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda p: sum(p) > 0.01))
def test_whole_percents_sum_to_a_hundred(weights: list[float]) -> None:
    p = [w / sum(weights) for w in weights]
    whole = percents(p)
    assert sum(whole) == 100
    assert sum(percents(p, digits=1)) == pytest.approx(100)
    assert all(abs(w - 100 * q) < 1 for w, q in zip(whole, p, strict=True))


HEADER = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A,B365>2.5,B365<2.5\n"
cells = st.sampled_from(
    ["E0", "16/08/2003", "Arsenal", "'; DROP TABLE matches; --", "", "2", "-1", "1e99", "nan", "H", '"', "é", "1.5"]
)


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(st.lists(cells, max_size=14), max_size=6).map(
            lambda rows: HEADER + "\n".join(",".join(row) for row in rows).encode()
        ),
    )
)
def test_any_bytes_are_parsed_or_refused(content: bytes) -> None:
    address = Address("test", LEAGUES["E0"], Season(2003), "E0.csv")
    payload = Payload(address, content, datetime(2026, 8, 1, tzinfo=UTC), "mirror")
    try:
        parsed = parse_results(payload)
    except SourceError as error:
        assert "E0.csv" in str(error)
    else:
        assert len({row.key for row in parsed.rows}) == len(parsed.rows)
        assert all(refusal.reason and refusal.check for refusal in parsed.refusals)
