"""The checks on one match: each has a name, and refuses with a reason that a person understands."""

from collections.abc import Callable, Iterator
from datetime import date

from touchline.domain.matches import MatchRow


def completed_in_future(row: MatchRow, today: date) -> str | None:
    """A match that has a score cannot lie after the day on which its file was fetched; a fixture may."""
    if row.home_goals is not None and row.date > today:
        return f"it has a score and is dated {row.date}, after {today}"
    return None


def date_outside_season(row: MatchRow, _: date) -> str | None:
    """The day must fall into the season that the file is of."""
    return None if row.season.covers(row.date) else f"{row.date} is no day of {row.season}"


def one_score_missing(row: MatchRow, _: date) -> str | None:
    """Both sides have goals, or neither has."""
    return "only one side has goals" if (row.home_goals is None) != (row.away_goals is None) else None


def goals_implausible(row: MatchRow, _: date) -> str | None:
    """No side of a league in our sources has scored more than 13; above 20 it is a slip of the keyboard."""
    goals = [g for g in (row.home_goals, row.away_goals) if g is not None]
    return f"{max(goals)} goals of one side" if goals and max(goals) > 20 else None


def same_side_twice(row: MatchRow, _: date) -> str | None:
    """A side cannot meet itself."""
    return f"{row.home} meets itself" if row.home == row.away else None


def half_time_above_full_time(row: MatchRow, _: date) -> str | None:
    """A side cannot lose goals after half-time."""
    for side, full in (("home", row.home_goals), ("away", row.away_goals)):
        half = row.stats.get(f"half_time_{side}_goals")
        if half is not None and full is not None and half > full:
            return f"the {side} side has {half} goals at half-time and {full} at the end"
    return None


CHECKS: dict[str, Callable[[MatchRow, date], str | None]] = {
    "completed-in-future": completed_in_future,
    "date-outside-season": date_outside_season,
    "one-score-missing": one_score_missing,
    "goals-implausible": goals_implausible,
    "same-side-twice": same_side_twice,
    "half-time-above-full-time": half_time_above_full_time,
}
"""The checks by name; a row that any of them refuses goes to quarantine under that name."""


def failures(row: MatchRow, today: date) -> Iterator[tuple[str, str]]:
    """The names and reasons of the checks that refuse a row."""
    for name, check in CHECKS.items():
        reason = check(row, today)
        if reason is not None:
            yield name, reason
