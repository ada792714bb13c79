"""What "now" is: the present, or the as-of date of a replay."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from touchline.domain.errors import TouchlineError


@dataclass(frozen=True, slots=True)
class Clock:
    """The day on which a run stands.

    A match counts as played when its day lies *before* today; one on or after today is a fixture, whatever the store
    knows of it. With ``as_of`` set the run is a replay and everything that it says must say so.
    """

    as_of: date | None = None

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of > self._present():
            raise TouchlineError(
                f"the as-of date {self.as_of} lies in the future", "give a day that has come", field="as_of"
            )

    @property
    def today(self) -> date:
        """The as-of date of a replay, the present day (UTC) otherwise."""
        return self.as_of or self._present()

    @property
    def is_replay(self) -> bool:
        """Whether this run stands in the past."""
        return self.as_of is not None and self.as_of < self._present()

    @staticmethod
    def _present() -> date:
        return datetime.now(UTC).date()
