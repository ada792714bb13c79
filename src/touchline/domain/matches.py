"""A match as a source tells it, and a fixture as a forecaster is allowed to see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from touchline.domain.odds import Quote
from touchline.domain.seasons import Season
from touchline.domain.teams import slug


class Outcome(StrEnum):
    """The result of a match, in the order in which all probabilities are kept."""

    HOME = "H"
    DRAW = "D"
    AWAY = "A"

    @classmethod
    def of(cls, home_goals: int, away_goals: int) -> "Outcome":
        """The outcome of a score."""
        return cls.HOME if home_goals > away_goals else cls.DRAW if home_goals == away_goals else cls.AWAY


STATS = (
    "half_time_home_goals",
    "half_time_away_goals",
    "home_shots",
    "away_shots",
    "home_shots_on_target",
    "away_shots_on_target",
    "home_corners",
    "away_corners",
    "home_fouls",
    "away_fouls",
    "home_yellow_cards",
    "away_yellow_cards",
    "home_red_cards",
    "away_red_cards",
)
"""What is counted in a match beside the score."""


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One match of one source: played (both goals known) or scheduled (neither)."""

    league: str
    season: Season
    date: date
    home: str
    away: str
    home_goals: int | None = None
    away_goals: int | None = None
    meeting: int = 1
    kickoff: time | None = None
    stats: Mapping[str, int] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()

    @property
    def key(self) -> str:
        """The public name of the match: league, season, home and away side.

        Dates move and differ between sources, so they are no part of it. Where sides meet twice at one ground
        (Scotland's and Greece's leagues split after the regular rounds) the second meeting ends in ``-2``.
        """
        key = f"{self.league}-{self.season}-{slug(self.home)}-{slug(self.away)}"
        return key if self.meeting == 1 else f"{key}-{self.meeting}"


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match still to be played, or one that a replay must not look into: it carries no result."""

    key: str
    league: str
    season: Season
    date: date
    kickoff: time | None
    home: str
    away: str


@dataclass(frozen=True, slots=True)
class Result:
    """A match that was played, with its score."""

    fixture: Fixture
    home_goals: int
    away_goals: int

    @property
    def outcome(self) -> Outcome:
        """Who won."""
        return Outcome.of(self.home_goals, self.away_goals)


def coming_round(fixtures: list[Fixture]) -> list[Fixture]:
    """The next fixtures in order of date, up to the first that would have a side play twice."""
    seen: set[str] = set()
    chosen: list[Fixture] = []
    for fixture in sorted(fixtures, key=lambda f: (f.date, f.kickoff or time.max, f.key)):
        if fixture.home in seen or fixture.away in seen:
            break
        seen |= {fixture.home, fixture.away}
        chosen.append(fixture)
    return chosen
