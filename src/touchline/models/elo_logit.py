"""Elo ratings and an ordered logit on their difference: three numbers turn a rating gap into three probabilities.

With gap d (in hundreds of points): ``P(away win) = σ(c₁ - b d)`` and ``P(no home win) = σ(c₂ - b d)``. Source:
McCullagh (1980), Regression models for ordinal data, JRSS B 42; on Elo, Hvattum and Arntzen (2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from touchline.domain.errors import TouchlineError
from touchline.domain.forecast import Forecast
from touchline.domain.seasons import Season
from touchline.domain.table import FloatArray, IntArray, MatchTable
from touchline.features.elo import Elo, elo_ratings

POINTS = 100.0
TINY = 1e-12
FLAT = 1e-4


@dataclass(frozen=True, slots=True)
class FittedEloLogit:
    """Ratings by name, the rating of a newcomer, and ``(c₁, log(c₂ - c₁), b)``."""

    ratings: dict[str, float]
    entry: float
    line: FloatArray

    def forecast(self, home: Sequence[str], away: Sequence[str]) -> Forecast:
        """Outcome probabilities of ``n`` fixtures; there is no score grid."""
        gap = np.array(
            [self.ratings.get(h, self.entry) - self.ratings.get(a, self.entry) for h, a in zip(home, away, strict=True)]
        )
        return Forecast(outcome_probabilities(gap / POINTS, self.line))


@dataclass(frozen=True, slots=True)
class EloLogit:
    """The model; its ``k`` is the best of five on E0 2015-2016..2020-2021 (``touchline tune --model elo-logit``).

    What the home side is worth only shapes the ratings; the logit's thresholds carry home advantage in the forecast.
    """

    elo: Elo = field(default_factory=Elo)
    name: str = "elo-logit"

    @property
    def constants(self) -> dict[str, float]:
        """The numbers that were chosen and not fitted."""
        return {"k": self.elo.k, "home": self.elo.home}

    def fit(self, history: MatchTable, day: date, season: Season) -> FittedEloLogit:
        """Rate the sides through the history and fit the logit on all its matches."""
        del day
        if len(history) == 0:
            raise TouchlineError("there is no match to learn from", "sync earlier seasons", field="history")
        ratings = elo_ratings(history, season, self.elo)
        line = fit_ordered_logit((ratings.home - ratings.away) / POINTS, history.outcome)
        named = {history.teams[side]: rating for side, rating in ratings.now.items()}
        return FittedEloLogit(named, ratings.entry, line)


def outcome_probabilities(gap: FloatArray, line: FloatArray) -> FloatArray:
    """Home win, draw and away win for gaps ``(n,)``, shape ``(n, 3)``."""
    away = expit(line[0] - line[2] * gap)
    no_home = expit(line[0] + np.exp(line[1]) - line[2] * gap)
    return np.stack([1 - no_home, no_home - away, away], axis=1)


def fit_ordered_logit(gap: FloatArray, outcome: IntArray) -> FloatArray:
    """The maximum-likelihood ``(c₁, log(c₂ - c₁), b)``."""

    def loss(line: FloatArray) -> tuple[float, FloatArray]:
        away = expit(line[0] - line[2] * gap)
        no_home = expit(line[0] + np.exp(line[1]) - line[2] * gap)
        p = np.choose(outcome, [1 - no_home, no_home - away, away])
        p = np.maximum(p, TINY)
        # Slopes of p by the two thresholds: each logistic's density, where the outcome touches it.
        by_upper = np.choose(outcome, [-1.0, 1.0, 0.0]) * no_home * (1 - no_home) / p
        by_lower = np.choose(outcome, [0.0, -1.0, 1.0]) * away * (1 - away) / p
        gradient = [(by_upper + by_lower).sum(), by_upper.sum() * np.exp(line[1]), -((by_upper + by_lower) @ gap)]
        return -float(np.log(p).sum()), -np.array(gradient)

    found = minimize(loss, np.array([-1.0, 0.0, 0.5]), jac=True, method="BFGS")
    steepest = float(np.abs(np.asarray(found.jac)).max()) / len(gap)
    if not steepest < FLAT:
        raise TouchlineError("the ordered logit did not converge", "give more matches", field="history")
    return np.asarray(found.x, dtype=np.float64)
