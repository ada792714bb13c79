"""The Dixon–Coles fit: exact derivatives, known parameters recovered, agreement with penaltyblog, sane newcomers."""

from datetime import date

import numpy as np
import penaltyblog
import pytest
from scipy.stats import poisson

from tests.conftest import simulated_league
from touchline.domain.errors import TouchlineError
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.models.dixon_coles import DixonColes
from touchline.models.dixon_coles import fit as fit_module
from touchline.models.dixon_coles.density import PairSums, Parameters, derivatives, log_likelihood
from touchline.models.dixon_coles.fit import BARRIERS, Objective, fit
from touchline.models.dixon_coles.grid import score_grids
from touchline.models.dixon_coles.prior import Newcomers, veterans


def _sums(table: MatchTable) -> PairSums:
    weight = np.ones(len(table))
    return PairSums.of(len(table.teams), table.home, table.away, table.home_goals, table.away_goals, weight)


def _tau(x: int, y: int, home: float, away: float, rho: float) -> float:
    corrections = {(0, 0): 1 - home * away * rho, (0, 1): 1 + home * rho, (1, 0): 1 + away * rho, (1, 1): 1 - rho}
    return corrections.get((x, y), 1.0)


def test_the_pair_sums_give_the_likelihood_of_the_paper() -> None:
    table, truth = simulated_league(1, teams=5, seasons=1)
    at = Parameters.of(truth)
    home_rate, away_rate = at.rates()
    total = 0.0
    for i, j, x, y in zip(table.home, table.away, table.home_goals, table.away_goals, strict=True):
        home, away = home_rate[i, j], away_rate[i, j]
        total += np.log(_tau(x, y, home, away, at.rho)) + poisson.logpmf(x, home) + poisson.logpmf(y, away)
    from scipy.special import gammaln

    factorials = gammaln(table.home_goals + 1).sum() + gammaln(table.away_goals + 1).sum()
    assert log_likelihood(at, _sums(table)) == pytest.approx(total + factorials, rel=1e-12)


def test_gradient_and_hessian_are_those_of_central_differences() -> None:
    table, truth = simulated_league(2, teams=5, seasons=2)
    sums, point, step = _sums(table), truth + 0.05, 1e-5
    gradient, hessian = derivatives(Parameters.of(point), sums)
    for k, direction in enumerate(np.eye(len(point)) * step):
        above, below = Parameters.of(point + direction), Parameters.of(point - direction)
        slope = (log_likelihood(above, sums) - log_likelihood(below, sums)) / (2 * step)
        assert gradient[k] == pytest.approx(slope, abs=2e-5)
        bend = (derivatives(above, sums)[0] - derivatives(below, sums)[0]) / (2 * step)
        assert hessian[k] == pytest.approx(bend, abs=2e-5)


def test_known_parameters_are_recovered_within_their_standard_errors() -> None:
    table, truth = simulated_league(3, teams=10, seasons=12)
    zeros = np.zeros(10)
    found = fit(_sums(table), zeros, zeros, 0.0, Parameters(0.0, 0.0, zeros, zeros, 0.0)).parameters.vector()
    _, hessian = derivatives(Parameters.of(found), _sums(table))
    # The likelihood is flat along the two directions that the sum-to-zero constraints fix: the pseudo-inverse leaves
    # them out. With 23 parameters a largest deviation above 3.5 errors has a chance of about one per cent.
    errors = np.sqrt(np.diag(np.linalg.pinv(-hessian, rcond=1e-8)))
    assert np.abs((found - truth) / errors).max() < 3.5
    assert abs(found[2:12].sum()) < 1e-9
    assert abs(found[12:22].sum()) < 1e-9


@pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning:penaltyblog")
def test_likelihood_and_parameters_agree_with_penaltyblog(sample_table: MatchTable) -> None:
    """Two E0 seasons with the weights of xi = 0.0018, no ridge. Both climb the same likelihood; penaltyblog stops when
    SLSQP's steps fall under 1e-6 of the objective, so its point may lie a little lower: never higher than ours by more
    than rounding, and its rates within a part in a thousand.
    """
    inside = (sample_table.season == 2022) | (sample_table.season == 2023)
    table = sample_table.take(np.flatnonzero(inside))
    names = [table.teams[i] for i in table.home], [table.teams[i] for i in table.away]
    weights = np.exp(-0.0018 * (np.datetime64("2024-06-01") - table.day).astype(float))
    theirs = penaltyblog.models.DixonColesGoalModel(table.home_goals, table.away_goals, *names, weights)
    theirs.fit()
    ours = DixonColes(xi=0.0018, ridge=0.0).fit(table, date(2024, 6, 1), Season(2023))

    place = {team: i for i, team in enumerate(ours.teams)}
    sums = PairSums.of(
        len(ours.teams),
        np.array([place[n] for n in names[0]]),
        np.array([place[n] for n in names[1]]),
        table.home_goals,
        table.away_goals,
        weights,
    )
    params = theirs.get_params()
    attack = np.array([params[f"attack_{team}"] for team in ours.teams])
    defence = -np.array([params[f"defence_{team}"] for team in ours.teams])
    at = Parameters(0.0, params["home_advantage"], attack, defence, params["rho"])
    lower = log_likelihood(at, sums)
    assert ours.log_likelihood == pytest.approx(lower, abs=0.01)
    assert ours.log_likelihood >= lower - 1e-9

    home_rate, away_rate = at.rates()
    our_home, our_away = ours.rates(*names)
    pairs = [place[n] for n in names[0]], [place[n] for n in names[1]]
    assert our_home == pytest.approx(home_rate[pairs], rel=5e-3)
    assert our_away == pytest.approx(away_rate[pairs], rel=5e-3)
    assert ours.rho == pytest.approx(params["rho"], abs=2e-3)

    i, j = place["Arsenal"], place["Everton"]
    grid = np.asarray(theirs.predict("Arsenal", "Everton", max_goals=21).grid)
    same_rates = score_grids(home_rate[i : i + 1, j], away_rate[i : i + 1, j], params["rho"])[0]
    assert same_rates.ravel() == pytest.approx(grid.ravel(), abs=1e-9)


def test_a_grid_by_hand() -> None:
    grid = score_grids(np.array([1.7]), np.array([0.9]), -0.07)[0]
    for x in range(4):
        for y in range(4):
            independent = poisson.pmf(x, 1.7) * poisson.pmf(y, 0.9)
            assert grid[x, y] == pytest.approx(independent * _tau(x, y, 1.7, 0.9, -0.07), rel=1e-9)
    # Tau moves mass between scores and leaves each side's own goals Poisson.
    assert grid.sum(axis=1)[:5] == pytest.approx(poisson.pmf(np.arange(5), 1.7), rel=1e-9)


def test_tau_leaves_the_sum_of_a_grid_alone_and_moves_draws() -> None:
    plain, tilted = score_grids(np.array([1.4, 1.4]), np.array([1.1, 1.1]), 0.0)[0], None
    tilted = score_grids(np.array([1.4]), np.array([1.1]), -0.1)[0]
    assert tilted.sum() == pytest.approx(1)
    assert np.trace(tilted) > np.trace(plain)


def test_rho_outside_a_pairings_bounds_gives_no_negative_probability() -> None:
    for rho in (-2.5, 2.5):
        grid = score_grids(np.array([4.0, 0.3]), np.array([3.0, 0.2]), rho)
        assert (grid >= 0).all()
        assert grid.sum(axis=(1, 2)) == pytest.approx([1, 1])


def test_rho_leaves_every_pairing_its_probabilities() -> None:
    """A league of 0–0 and 1–1 alone pulls rho down without end; the barrier stops it with every score possible."""
    rows = [
        (f"{i}-{h}-{a}", 2000, date(2000, 8, 1), f"S{h}", f"S{a}", (h + a + i) % 2, (h + a + i) % 2)
        for i in range(2)
        for h in range(4)
        for a in range(4)
        if h != a
    ]
    fitted = DixonColes(xi=0.0, ridge=1.0).fit(MatchTable.from_rows(rows), date(2001, 6, 1), Season(2000))
    home, away = fitted.rates(["S0", "S1", "S2"], ["S1", "S3", "S0"])
    assert (1 + fitted.rho * np.maximum(home, away) > 0).all()
    assert fitted.rho < -0.5
    assert (fitted.forecast(["S0"], ["S1"]).outcome > 0).all()


def test_the_barrier_is_far_below_what_the_data_tell_of_rho(
    sample_table: MatchTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = sample_table.before(date(2025, 2, 14))

    def rho() -> float:
        return DixonColes(xi=0.0).fit(history, date(2025, 2, 14), Season(2024)).rho

    zeros = np.zeros(len(history.teams))
    found = fit(_sums(history), zeros, zeros, 4.0, Parameters(0.0, 0.2, zeros, zeros, 0.0)).parameters
    _, hessian = Objective(_sums(history), np.zeros(2 * len(zeros)), 4.0, BARRIERS[0]).slope(found.vector())
    error = np.sqrt(np.linalg.inv(-hessian)[-1, -1])
    with_barrier = rho()
    monkeypatch.setattr(fit_module, "BARRIERS", (0.0,))
    assert 0 < abs(rho() - with_barrier) < 0.02 * error


def test_the_penalised_objective_has_the_slope_that_it_says() -> None:
    """Prior means that are not zero included: they are what makes a newcomer a newcomer."""
    table, truth = simulated_league(12, teams=5, seasons=1)
    mean = np.array([0.2, -0.3, 0.1, 0.0, 0.0, -0.1, 0.2, -0.2, 0.05, 0.05])
    objective, step = Objective(_sums(table), mean, 3.0, 0.01), 1e-5
    gradient, hessian = objective.slope(truth)
    for k, direction in enumerate(np.eye(len(truth)) * step):
        slope = (objective.value(truth + direction) - objective.value(truth - direction)) / (2 * step)
        assert gradient[k] == pytest.approx(slope, abs=2e-5)
        bend = (objective.slope(truth + direction)[0] - objective.slope(truth - direction)[0]) / (2 * step)
        assert hessian[k] == pytest.approx(bend, abs=2e-5)


def test_with_a_strong_ridge_sides_stand_at_their_prior_means() -> None:
    table, _ = simulated_league(13, teams=4, seasons=1)
    attack, defence = np.array([0.3, -0.1, -0.1, -0.1]), np.array([-0.2, 0.0, 0.1, 0.1])
    found = fit(_sums(table), attack, defence, 1e7, Parameters(0.0, 0.0, attack, defence, 0.0)).parameters
    assert found.attack == pytest.approx(attack, abs=1e-4)
    assert found.defence == pytest.approx(defence, abs=1e-4)


@pytest.mark.parametrize("seed", range(60))
def test_small_leagues_are_fitted_to_the_top(seed: int) -> None:
    """Few matches put rho near its bounds and leave the Hessian indefinite on the way; the slope at the end is zero."""
    rng = np.random.default_rng(seed)
    teams, n = int(rng.integers(3, 8)), int(rng.integers(6, 50))
    home = rng.integers(0, teams, n)
    away = (home + rng.integers(1, teams, n)) % teams
    home_goals = rng.poisson(1.5, n)
    away_goals = home_goals if seed % 3 == 0 else rng.poisson(1.2, n)
    weight = rng.uniform(0.001, 1, n)
    sums, zeros = PairSums.of(teams, home, away, home_goals, away_goals, weight), np.zeros(teams)
    found = fit(sums, zeros, zeros, 1.0, Parameters(0.0, 0.2, zeros, zeros, 0.0))
    gradient, hessian = Objective(sums, np.zeros(2 * teams), 1.0, found.barrier).slope(found.parameters.vector())
    assert np.abs(gradient).max() < 1e-6 * weight.sum()
    assert np.linalg.eigvalsh(hessian).max() < 1e-9


def test_who_is_a_newcomer_in_autumn(sample_table: MatchTable) -> None:
    """October 2023: Luton, Burnley and Sheffield United came up; Leeds, Leicester and Southampton went down."""
    history = sample_table.before(date(2023, 10, 7))
    old = {name for name, stayed in zip(history.teams, veterans(history, 2023), strict=True) if stayed}
    assert {"Leeds", "Leicester", "Southampton", "Arsenal"} <= old
    assert not {"Luton", "Burnley", "Sheffield United", "Norwich"} & old
    # With nearly all weight on the prior, a newcomer stands below a side of last season by what newcomers lack.
    prior, learned = DixonColes(ridge=1e6).fit(history, date(2023, 10, 7), Season(2023)), Newcomers.of(history)
    place = {team: i for i, team in enumerate(prior.teams)}
    assert prior.attack[place["Luton"]] - prior.attack[place["Arsenal"]] == pytest.approx(learned.attack, abs=1e-3)
    assert prior.newcomer[1] - prior.defence[place["Arsenal"]] == pytest.approx(learned.defence, abs=1e-3)


def test_old_matches_count_less_with_a_decay() -> None:
    rows = [("a", 2000, date(2000, 8, 1), "X", "Y", 5, 0), ("b", 2000, date(2001, 5, 1), "X", "Y", 0, 5)]
    table, day = MatchTable.from_rows(rows), date(2001, 5, 2)
    even = DixonColes(xi=0.0).fit(table, day, Season(2000)).forecast(["X"], ["Y"]).outcome[0]
    recent = DixonColes(xi=0.02).fit(table, day, Season(2000)).forecast(["X"], ["Y"]).outcome[0]
    assert recent[2] > even[2]


def test_newcomers_are_expected_where_earlier_ones_stood(sample_table: MatchTable) -> None:
    learned = Newcomers.of(sample_table)
    assert np.exp(learned.attack) == pytest.approx(0.70, abs=0.01)
    assert np.exp(-learned.defence) == pytest.approx(1.24, abs=0.01)
    fitted = DixonColes().fit(sample_table.before(date(2024, 8, 1)), date(2024, 8, 1), Season(2024))
    unseen, weak, strong = (
        fitted.forecast([side], ["Fulham"]).outcome[0] for side in ("Ipswich", "Norwich", "Man City")
    )
    assert "Ipswich" not in fitted.teams
    assert strong[0] > unseen[0]
    assert abs(unseen[0] - weak[0]) < 0.15
    both = fitted.forecast(["Never Seen", "Ipswich"], ["Ipswich", "Never Seen"]).outcome
    assert both[0] == pytest.approx(both[1])


def test_a_first_season_knows_no_newcomers() -> None:
    table, _ = simulated_league(4, teams=4, seasons=1)
    assert Newcomers.of(table) == Newcomers(0.0, 0.0)
    assert veterans(table, 2000).all()


def test_no_ridge_and_a_side_that_never_scored_is_a_clear_error() -> None:
    rows = [("a", 2000, date(2000, 8, 1), "X", "Y", 1, 0), ("b", 2000, date(2000, 8, 8), "Y", "X", 0, 2)]
    with pytest.raises(TouchlineError, match="ridge"):
        DixonColes(ridge=0.0).fit(MatchTable.from_rows(rows), date(2001, 1, 1), Season(2000))
    sane = DixonColes(ridge=1.0).fit(MatchTable.from_rows(rows), date(2001, 1, 1), Season(2000))
    assert np.isfinite(sane.forecast(["X"], ["Y"]).outcome).all()


def test_a_history_that_reaches_into_the_day_is_refused() -> None:
    table, _ = simulated_league(5, teams=4, seasons=1)
    with pytest.raises(TouchlineError, match="not before"):
        DixonColes().fit(table, table.day[-1].astype(object), Season(2000))
    with pytest.raises(TouchlineError, match="no match"):
        DixonColes().fit(table.take(slice(0, 0)), date(2001, 1, 1), Season(2000))


@pytest.mark.parametrize(("xi", "ridge"), [(-0.1, 1.0), (0.1, -1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_settings_that_make_no_sense_are_named(xi: float, ridge: float) -> None:
    with pytest.raises(TouchlineError, match="not negative"):
        DixonColes(xi, ridge)
