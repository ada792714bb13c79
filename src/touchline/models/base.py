"""What every model can do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from touchline.domain.forecast import Forecast
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable


class Fitted(Protocol):
    """A model that has seen its matches."""

    def forecast(self, home: Sequence[str], away: Sequence[str]) -> Forecast:
        """Forecasts of ``n`` fixtures, given the names of their sides; a side never seen is as likely a newcomer."""
        ...


class Model(Protocol):
    """A model before it has seen anything: its name and its settings."""

    @property
    def name(self) -> str:
        """The name that tables and files show."""
        ...

    @property
    def constants(self) -> Mapping[str, float]:
        """The numbers that were chosen and not fitted, by name."""
        ...

    def fit(self, history: MatchTable, day: date, season: Season) -> Fitted:
        """Learn from matches that all lie before ``day``, to forecast matches of ``season`` from ``day`` on."""
        ...
