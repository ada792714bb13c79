"""How often home sides win, draw and lose: the forecast of somebody who knows no side, and the floor for all others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from touchline.domain.forecast import Forecast
from touchline.domain.seasons import Season
from touchline.domain.table import FloatArray, MatchTable


@dataclass(frozen=True, slots=True)
class FittedBaseRates:
    """The shares of the three outcomes, shape ``(3,)``."""

    shares: FloatArray

    def forecast(self, home: Sequence[str], away: Sequence[str]) -> Forecast:
        """The same forecast for every fixture."""
        del away
        return Forecast(np.tile(self.shares, (len(home), 1)))


@dataclass(frozen=True, slots=True)
class BaseRates:
    """The model; one match of each outcome is added so that none has probability 0."""

    name: str = "base-rates"

    @property
    def constants(self) -> dict[str, float]:
        """The numbers that were chosen and not fitted."""
        return {}

    def fit(self, history: MatchTable, day: date, season: Season) -> FittedBaseRates:
        """Count the outcomes of the whole history."""
        del day, season
        counts = np.bincount(history.outcome, minlength=3) + 1.0
        return FittedBaseRates(counts / counts.sum())
