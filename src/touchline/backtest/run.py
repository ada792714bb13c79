"""A backtest: one model beside base rates, Elo and the market, on the same matches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from touchline.domain.clock import Clock
from touchline.domain.leagues import League
from touchline.domain.matches import Outcome
from touchline.domain.odds import Moment
from touchline.domain.seasons import Season
from touchline.domain.table import FloatArray, MatchTable
from touchline.evaluation.compare import Comparison, compare
from touchline.evaluation.margins import remove_margin
from touchline.evaluation.walkforward import walk_forward
from touchline.models.base import Model
from touchline.models.base_rates import BaseRates
from touchline.models.elo_logit import EloLogit
from touchline.store.matches import history
from touchline.store.odds import result_prices

MARKETS = {Moment.OPENING: "market-opening", Moment.CLOSING: "market-closing"}
ENOUGH = 0.9
"""A market that prices a smaller share of the matches is left out: it would shrink what the others are judged on."""


class Prediction(NamedTuple):
    """One row of the file of predictions."""

    league: str
    season: str
    date: str
    home: str
    away: str
    model: str
    p_home: float
    p_draw: float
    p_away: float
    outcome: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a backtest found: the league's code, the seasons, the model with its constants, and the table.

    ``first`` and ``last`` are the seasons that had matches. The backtest knew matches before ``as_of`` only; ``replay``
    tells whether that day is past. ``left_out`` names the markets that priced too few matches to be compared, with the
    share that they priced.
    """

    league: str
    first: str
    last: str
    as_of: str
    replay: bool
    model: str
    constants: dict[str, float]
    comparison: Comparison
    left_out: dict[str, float]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came out: the report, and behind it the matches and each forecaster's probabilities ``(n, 3)`` by name."""

    report: Report
    matches: MatchTable
    forecasts: dict[str, FloatArray]

    def predictions(self) -> Iterable[Prediction]:
        """Every forecast of every match, in order of forecaster and day."""
        outcomes = [list(Outcome)[i].value for i in self.matches.outcome]
        teams = self.matches.teams
        for name, p in self.forecasts.items():
            for i in np.flatnonzero(np.isfinite(p).all(axis=1)):
                yield Prediction(
                    self.report.league,
                    str(Season(int(self.matches.season[i]))),
                    str(self.matches.day[i]),
                    teams[self.matches.home[i]],
                    teams[self.matches.away[i]],
                    name,
                    float(p[i, 0]),
                    float(p[i, 1]),
                    float(p[i, 2]),
                    outcomes[i],
                )


def contenders(model: Model) -> list[Model]:
    """The model and the baselines that every backtest shows beside it."""
    return [model, *(other for other in (EloLogit(), BaseRates()) if other.name != model.name)]


def backtest(
    engine: Engine,
    league: League,
    first: Season,
    last: Season,
    model: Model,
    clock: Clock,
    progress: Callable[[int], None] | None = None,
) -> Backtest:
    """Walk a model and the baselines forward through the seasons ``first`` to ``last``, on matches before today.

    ``progress`` is called with the number of matches that one of the contenders has just forecast.

    Raises:
        TouchlineError: the store lacks the seasons, or any before them.
    """
    table = history(engine, league, clock.today)
    forecasts: dict[str, FloatArray] = {}
    for contender in contenders(model):
        matches, forecasts[contender.name] = walk_forward(contender, table, first, last, progress)
    left_out: dict[str, float] = {}
    for moment, name in MARKETS.items():
        prices = result_prices(engine, league, matches.key, moment)
        priced = float(np.isfinite(prices).all(axis=1).mean())
        if priced < ENOUGH:
            left_out[name] = priced
        else:
            forecasts[name] = remove_margin(prices, "power").probabilities
    comparison = compare(matches, forecasts, model.name)
    report = Report(
        league=league.code,
        first=str(Season(int(matches.season.min()))),
        last=str(Season(int(matches.season.max()))),
        as_of=clock.today.isoformat(),
        replay=clock.is_replay,
        model=model.name,
        constants=dict(model.constants),
        comparison=comparison,
        left_out=left_out,
    )
    return Backtest(report, matches, forecasts)
