"""Base rates, Elo and the ordered logit."""

from datetime import date

import numpy as np
import pytest

from tests.conftest import simulated_league
from touchline.domain.errors import TouchlineError
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.features.elo import START, Elo, elo_ratings
from touchline.models.base_rates import BaseRates
from touchline.models.catalogue import MODELS, model_named
from touchline.models.elo_logit import EloLogit, fit_ordered_logit, outcome_probabilities


def test_base_rates_are_shares_with_one_of_each_added() -> None:
    rows = [(str(i), 2000, date(2000, 8, 1 + i), "X", "Y", *score) for i, score in enumerate([(1, 0), (2, 0), (0, 0)])]
    fitted = BaseRates().fit(MatchTable.from_rows(rows), date(2001, 1, 1), Season(2000))
    assert fitted.forecast(["X", "Y"], ["Y", "Z"]).outcome == pytest.approx(np.tile([3 / 6, 2 / 6, 1 / 6], (2, 1)))


def test_elo_by_hand() -> None:
    rows = [("a", 2000, date(2000, 8, 1), "X", "Y", 3, 1), ("b", 2000, date(2000, 8, 8), "Y", "X", 0, 0)]
    found = elo_ratings(MatchTable.from_rows(rows), Season(2000), Elo(k=20, home=60))
    expected = 1 / (1 + 10 ** (-60 / 400))
    first = 20 * np.log(3) * (1 - expected)
    assert found.home.tolist() == pytest.approx([START, START - first])
    second = 20 * np.log(2) * (0.5 - 1 / (1 + 10 ** ((2 * first - 60) / 400)))
    assert found.now == pytest.approx({0: START + first - second, 1: START - first + second})


def test_elo_newcomers_enter_at_the_mean_of_the_three_lowest() -> None:
    table, _ = simulated_league(6, teams=6, seasons=1)
    found = elo_ratings(table, Season(2001), Elo())
    assert found.entry == pytest.approx(np.mean(sorted(found.now.values())[:3]))


def test_elo_of_a_side_that_comes_back_is_that_of_a_newcomer() -> None:
    """X plays in 2000, not in 2001, and again in 2002: what it had does not come back with it."""
    rows = [
        ("a", 2000, date(2000, 8, 1), "X", "Y", 9, 0),
        ("b", 2001, date(2001, 8, 1), "Y", "Z", 0, 1),
        ("c", 2002, date(2002, 8, 1), "X", "Z", 0, 0),
    ]
    found = elo_ratings(MatchTable.from_rows(rows), Season(2002), Elo())
    x, y, z = 0, 1, 2
    assert found.home[1] < START  # Y was beaten nine to nil
    first_season = elo_ratings(MatchTable.from_rows(rows[:1]), Season(2001), Elo())
    assert found.away[1] == pytest.approx(first_season.entry)  # Z enters at the mean of the lowest of 2000
    second_season = elo_ratings(MatchTable.from_rows(rows[:2]), Season(2002), Elo())
    assert found.home[2] == pytest.approx(second_season.entry)  # and so does X, back in 2002
    assert set(second_season.now) == {y, z}
    assert found.now.keys() == {x, y, z}


def test_elo_margins_count_beyond_three() -> None:
    def gained(goals: int) -> float:
        table = MatchTable.from_rows([("a", 2000, date(2000, 8, 1), "X", "Y", goals, 0)])
        return elo_ratings(table, Season(2000), Elo()).now[0] - START

    assert gained(6) / gained(1) == pytest.approx(np.log(7) / np.log(2))


def test_elo_forecasts_of_a_new_season_use_its_entry(sample_table: MatchTable) -> None:
    history = sample_table.before(date(2023, 8, 1))
    fitted = EloLogit().fit(history, date(2023, 8, 1), Season(2023))
    assert "Norwich" not in fitted.ratings  # down in 2022, so gone a season
    promoted, stranger = fitted.forecast(["Luton", "Never Seen"], ["Arsenal", "Arsenal"]).outcome
    assert promoted == pytest.approx(stranger)
    assert fitted.entry < np.median(list(fitted.ratings.values()))


def test_elo_of_a_prefix_is_the_prefix_of_elo(sample_table: MatchTable) -> None:
    whole = elo_ratings(sample_table, Season(2024), Elo())
    part = sample_table.take(slice(0, 2345))
    assert (elo_ratings(part, Season(int(part.season[-1])), Elo()).home == whole.home[:2345]).all()


def test_the_ordered_logit_recovers_known_thresholds() -> None:
    rng = np.random.default_rng(8)
    gap, truth = rng.normal(0, 1.5, 30000), np.array([-0.8, np.log(1.2), 0.55])
    p = outcome_probabilities(gap, truth)
    outcome = (rng.random(30000)[:, None] > np.cumsum(p, axis=1)).sum(axis=1)
    # Standard errors are about 0.015 at this size.
    assert fit_ordered_logit(gap, outcome) == pytest.approx(truth, abs=0.06)


def test_elo_forecasts_favour_the_better_side_and_know_strangers() -> None:
    table, _ = simulated_league(7)
    fitted = EloLogit().fit(table, date(2010, 1, 1), Season(2005))
    order = sorted(fitted.ratings, key=fitted.ratings.__getitem__)
    strong, weak = order[-1], order[0]
    outcome = fitted.forecast([strong, weak, "Stranger"], [weak, strong, weak]).outcome
    assert outcome[0, 0] > outcome[1, 0]
    assert outcome.sum(axis=1) == pytest.approx(np.ones(3))
    with pytest.raises(TouchlineError, match="no match"):
        EloLogit().fit(table.take(slice(0, 0)), date(2010, 1, 1), Season(2005))


def test_every_model_has_its_name_and_an_unknown_one_is_refused() -> None:
    assert all(model_named(name).name == name for name in MODELS)
    with pytest.raises(TouchlineError, match="dixon-coles"):
        model_named("oracle")
