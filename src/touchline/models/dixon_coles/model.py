"""Dixon–Coles as a model of the common kind: history in, forecasts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from touchline.domain.errors import TouchlineError
from touchline.domain.forecast import Forecast
from touchline.domain.seasons import Season
from touchline.domain.table import FloatArray, MatchTable
from touchline.models.dixon_coles.density import PairSums, Parameters
from touchline.models.dixon_coles.fit import fit
from touchline.models.dixon_coles.grid import score_grids
from touchline.models.dixon_coles.prior import Newcomers, veterans

LEAST_WEIGHT = 1e-3
"""With less than this many matches' weight there is nothing to learn from."""
CHOSEN_ON = (Season(2015), Season(2020))
"""The seasons of E0 on which the default constants score best: no later season had a say."""


@dataclass(frozen=True, slots=True)
class FittedDixonColes:
    """Strengths as they stood when the fit was made.

    ``attack`` and ``defence`` belong to ``teams`` and have its length; ``newcomer`` holds both for a side not there.
    """

    teams: tuple[str, ...]
    attack: FloatArray
    defence: FloatArray
    level: float
    home_advantage: float
    rho: float
    newcomer: tuple[float, float]
    log_likelihood: float

    def rates(self, home: Sequence[str], away: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """Expected goals (before τ) of the home and away sides of ``n`` fixtures, ``(n,)`` each."""
        home_attack, home_defence = self._strengths(home)
        away_attack, away_defence = self._strengths(away)
        home_rate = np.exp(self.level + self.home_advantage + home_attack - away_defence)
        return home_rate, np.exp(self.level + away_attack - home_defence)

    def forecast(self, home: Sequence[str], away: Sequence[str]) -> Forecast:
        """Outcome probabilities and scoreline grids of ``n`` fixtures."""
        return Forecast.of_grids(score_grids(*self.rates(home, away), self.rho))

    def _strengths(self, names: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        place = {team: i for i, team in enumerate(self.teams)}
        at = np.array([place.get(name, len(self.teams)) for name in names], dtype=np.int64)
        return np.append(self.attack, self.newcomer[0])[at], np.append(self.defence, self.newcomer[1])[at]


@dataclass(frozen=True, slots=True)
class DixonColes:
    """The model's settings.

    ``xi`` is the decay of a match's weight per day of age (0.0025 halves it in 277 days); ``ridge`` is the precision
    of the normal prior on each attack and defence, in units of expected goals seen. The defaults are the best on E0
    2015-2016..2020-2021 (``touchline tune --league E0 --from 2015-2016 --to 2020-2021``).
    """

    xi: float = 0.0025
    ridge: float = 4.0
    name: str = "dixon-coles"

    def __post_init__(self) -> None:
        for setting, value in (("xi", self.xi), ("ridge", self.ridge)):
            if not 0 <= value < float("inf"):
                raise TouchlineError(f"{setting} is {value}", "give a number that is not negative", field=setting)

    @property
    def constants(self) -> dict[str, float]:
        """The numbers that were chosen and not fitted."""
        return {"xi": self.xi, "ridge": self.ridge}

    def fit(self, history: MatchTable, day: date, season: Season) -> FittedDixonColes:
        """The strengths on the morning of ``day``, from matches before it.

        Raises:
            TouchlineError: there is no match, one lies on or after ``day``, or no maximum exists.
        """
        if len(history) == 0:
            raise TouchlineError("there is no match to learn from", "sync earlier seasons", field="history")
        age = (np.datetime64(day, "D") - history.day).astype(np.int64)
        if int(age.min()) <= 0:
            raise TouchlineError(
                f"a match of the history is not before {day}", "cut the history there", field="history"
            )
        seen = np.union1d(history.home, history.away)
        place = np.zeros(len(history.teams), dtype=np.int64)
        place[seen] = np.arange(len(seen))
        weight = np.exp(-self.xi * age)
        if float(weight.sum()) < LEAST_WEIGHT:
            raise TouchlineError(f"with xi {self.xi:g} no match counts any more", "give a smaller xi", field="xi")
        sums = PairSums.of(
            len(seen),
            place[history.home],
            place[history.away],
            history.home_goals,
            history.away_goals,
            weight,
        )
        newcomers = Newcomers.of(history)
        newcomer = ~veterans(history, season.start)[seen]
        attack_mean, defence_mean = newcomers.means(newcomer)
        found = fit(sums, attack_mean, defence_mean, self.ridge, _start(sums, attack_mean, defence_mean))
        at = found.parameters
        return FittedDixonColes(
            teams=tuple(history.teams[i] for i in seen),
            attack=at.attack,
            defence=at.defence,
            level=at.level,
            home_advantage=at.home_advantage,
            rho=at.rho,
            newcomer=(
                newcomers.attack * (1 - float(newcomer.mean())),
                newcomers.defence * (1 - float(newcomer.mean())),
            ),
            log_likelihood=found.log_likelihood,
        )


def _start(sums: PairSums, attack_mean: FloatArray, defence_mean: FloatArray) -> Parameters:
    """Average goals for level and home advantage, the prior means for the strengths, independence for rho."""
    weight = float(sums.weight.sum())
    home = max(float(sums.home_goals.sum()), 0.5) / weight
    away = max(float(sums.away_goals.sum()), 0.5) / weight
    return Parameters(float(np.log(away)), float(np.log(home / away)), attack_mean, defence_mean, 0.0)
