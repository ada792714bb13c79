"""Played matches as columns: what models are fitted on and what judges score."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.domain.errors import TouchlineError
from touchline.domain.seasons import Season

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
DayArray = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class MatchTable:
    """Played matches of one league in order of day; all columns have shape ``(n,)``.

    ``home`` and ``away`` are places in ``teams``, the vocabulary, which every slice shares: so a fit on a slice and
    a forecast for a later match speak of the same team by the same number, and a team without a match in the slice
    is simply one that the fit has not seen.
    """

    teams: tuple[str, ...]
    key: tuple[str, ...]
    season: IntArray
    day: DayArray
    home: IntArray
    away: IntArray
    home_goals: IntArray
    away_goals: IntArray

    def __post_init__(self) -> None:
        columns = (self.season, self.day, self.home, self.away, self.home_goals, self.away_goals)
        if any(len(column) != len(self.key) for column in columns):
            raise ValueError("the columns of a match table differ in length")
        if len(self.day) and bool(np.any(self.day[1:] < self.day[:-1])):
            raise ValueError("the rows of a match table must be in order of day")

    def __len__(self) -> int:
        return len(self.key)

    @property
    def outcome(self) -> IntArray:
        """0 where the home side won, 1 for a draw, 2 where the away side won."""
        return (1 - np.sign(self.home_goals - self.away_goals)).astype(np.int64)

    @property
    def fingerprint(self) -> str:
        """A hash of every row, 32 hex digits: two tables of the same matches and scores share it."""
        digest = hashlib.blake2b(digest_size=16)
        for i, key in enumerate(self.key):
            names = f"{self.teams[self.home[i]]}|{self.teams[self.away[i]]}"
            digest.update(f"{key}|{self.day[i]}|{names}|{self.home_goals[i]}|{self.away_goals[i]}\n".encode())
        return digest.hexdigest()

    def take(self, places: IntArray | slice) -> "MatchTable":
        """The rows at some places in order, with the same vocabulary; a slice shares memory."""
        keys = self.key[places] if isinstance(places, slice) else tuple(self.key[i] for i in places)
        return MatchTable(
            self.teams,
            keys,
            self.season[places],
            self.day[places],
            self.home[places],
            self.away[places],
            self.home_goals[places],
            self.away_goals[places],
        )

    def before(self, day: date | np.datetime64) -> "MatchTable":
        """The matches of the days before ``day``."""
        return self.take(slice(0, int(np.searchsorted(self.day, np.datetime64(day, "D"), side="left"))))

    @classmethod
    def from_rows(cls, rows: Sequence[tuple[str, int, date, str, str, int, int]]) -> "MatchTable":
        """A table of rows ``(key, season's first year, day, home, away, home goals, away goals)``, in any order."""
        ordered = sorted(rows, key=lambda row: (row[2], row[0]))
        teams = tuple(sorted({row[3] for row in ordered} | {row[4] for row in ordered}))
        place = {team: i for i, team in enumerate(teams)}

        def whole(values: list[int]) -> IntArray:
            return np.array(values, dtype=np.int64)

        return cls(
            teams=teams,
            key=tuple(row[0] for row in ordered),
            season=whole([row[1] for row in ordered]),
            day=np.array([row[2] for row in ordered], dtype="datetime64[D]"),
            home=whole([place[row[3]] for row in ordered]),
            away=whole([place[row[4]] for row in ordered]),
            home_goals=whole([row[5] for row in ordered]),
            away_goals=whole([row[6] for row in ordered]),
        )

    @classmethod
    def from_pandas(cls, frame: Any) -> "MatchTable":
        """A table of a frame with the columns ``season`` (``2024-2025``), ``date``, ``home``, ``away``,
        ``home_goals`` and ``away_goals``; every row must be a played match of one league.

        Raises:
            TouchlineError: a column is missing, or a goal is.
        """
        wanted = ["season", "date", "home", "away", "home_goals", "away_goals"]
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise TouchlineError(
                f"the frame has no column {missing[0]!r}", f"give the columns {', '.join(wanted)}", field=missing[0]
            )
        if frame[["home_goals", "away_goals"]].isna().any(axis=None):
            raise TouchlineError("a row has no goals", "leave out the matches not yet played", field="home_goals")
        rows = [
            (f"{home}-{away}-{season}", Season.parse(season).start, day.date(), home, away, int(scored), int(conceded))
            for season, day, home, away, scored, conceded in zip(
                frame["season"],
                frame["date"].astype("datetime64[ns]"),
                frame["home"],
                frame["away"],
                frame["home_goals"],
                frame["away_goals"],
                strict=True,
            )
        ]
        return cls.from_rows(rows)
