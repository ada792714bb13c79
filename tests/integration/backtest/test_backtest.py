"""Backtests on real seasons: what the README claims of the forecasts."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from touchline.backtest.files import predictions_csv, read_predictions, read_report, report_json
from touchline.backtest.run import Backtest, backtest
from touchline.backtest.tune import GRIDS
from touchline.domain.clock import Clock
from touchline.domain.errors import TouchlineError
from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season, parse_seasons
from touchline.evaluation.scores import ranked_probability
from touchline.ingest.sources.football_data import FootballData
from touchline.ingest.sync import sync
from touchline.models.dixon_coles import CHOSEN_ON, DixonColes
from touchline.models.elo_logit import EloLogit
from touchline.store.database import open_store

E0 = LEAGUES["E0"]


@pytest.fixture(scope="module")
def on_sample(sample_store: Engine) -> Backtest:
    """One season of the bundled sample."""
    return backtest(sample_store, E0, Season(2023), Season(2023), DixonColes(), Clock(date(2026, 1, 1)))


def test_every_forecaster_is_scored_on_the_same_matches(on_sample: Backtest) -> None:
    comparison = on_sample.report.comparison
    assert comparison.matches == comparison.asked == 380
    assert [line.name for line in comparison.lines] == ["dixon-coles", "elo-logit", "base-rates"]
    own, floor = comparison.line("dixon-coles"), comparison.line("base-rates")
    assert own.difference == 0
    assert floor.difference == pytest.approx(floor.scores["rps"] - own.scores["rps"])
    assert floor.difference > 3 * floor.difference_error
    assert 0 < floor.difference_error < floor.errors["rps"] + own.errors["rps"]


def test_predictions_and_report_come_back_from_their_files(on_sample: Backtest) -> None:
    predictions = list(on_sample.predictions())
    assert read_predictions(predictions_csv(predictions)) == predictions
    assert len(predictions) == 3 * 380
    assert read_report(report_json(on_sample.report)) == on_sample.report
    own = [p for p in predictions if p.model == "dixon-coles"]
    rps = ranked_probability(
        np.array([[p.p_home, p.p_draw, p.p_away] for p in own]), np.array(["HDA".index(p.outcome) for p in own])
    )
    assert rps.mean() == pytest.approx(on_sample.report.comparison.line("dixon-coles").scores["rps"])


def test_seasons_that_are_not_there_or_have_no_past_are_named(sample_store: Engine) -> None:
    with pytest.raises(TouchlineError, match="no match before 2012-2013"):
        backtest(sample_store, E0, Season(2012), Season(2013), DixonColes(), Clock(date(2026, 1, 1)))
    with pytest.raises(TouchlineError, match="2030-2031"):
        backtest(sample_store, E0, Season(2030), Season(2030), DixonColes(), Clock(date(2026, 1, 1)))


def test_the_default_constants_are_points_of_the_grids() -> None:
    assert DixonColes() in GRIDS["dixon-coles"]
    assert EloLogit() in GRIDS["elo-logit"]


@pytest.fixture(scope="module")
def mirror_store(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Iterator[Engine]:
    """E0 from 2000-2001 on, with odds."""
    folder = tmp_path_factory.mktemp("mirror")
    engine = open_store(f"sqlite:///{folder / 'touchline.db'}")
    source = FootballData.from_settings(str(mirror), folder / "cache")
    assert all(r.error is None for r in sync(engine, source, [E0], parse_seasons("2000-2001..2024-2025")))
    yield engine
    engine.dispose()


@pytest.mark.mirror
def test_e0_reaches_the_score_that_is_claimed_beside_the_market(mirror_store: Engine) -> None:
    """RPS of penaltyblog's Dixon–Coles with its best decay on these matches: 0.1993. The constants were chosen on
    earlier seasons, and the whole table takes well under a minute.
    """
    assert CHOSEN_ON[1] < Season(2021)
    start = time.monotonic()
    result = backtest(mirror_store, E0, Season(2021), Season(2024), DixonColes(), Clock(date(2026, 1, 1)))
    assert time.monotonic() - start < 60
    comparison = result.report.comparison
    assert comparison.matches == 1520
    rps = {line.name: line.scores["rps"] for line in comparison.lines}
    assert rps["dixon-coles"] <= 0.1993
    # What others measured on the same matches: an independent check of the scores and of overround removal.
    assert rps["market-opening"] == pytest.approx(0.1922, abs=0.0001)
    assert rps["base-rates"] == pytest.approx(0.2335, abs=0.0005)
    assert rps["market-closing"] < rps["market-opening"] < rps["dixon-coles"] < rps["base-rates"]
    assert 0.9 < comparison.line("dixon-coles").calibration.slope < 1.1
