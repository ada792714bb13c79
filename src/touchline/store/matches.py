"""Reading matches as of a day: what was played before it, and what was still to come."""

from datetime import date, time
from typing import Any

from sqlalchemy import Engine, Row, Select, select, union
from sqlalchemy.orm import aliased

from touchline.domain.errors import NotFoundError
from touchline.domain.leagues import League
from touchline.domain.matches import Fixture, Result
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.store.tables import MatchRecord, TeamRow

HOME, AWAY = aliased(TeamRow), aliased(TeamRow)


def history(engine: Engine, league: League, before: date) -> MatchTable:
    """The matches of a league played on the days before ``before``, in order of day.

    Raises:
        NotFoundError: there is none.
    """
    query = (
        select(
            MatchRecord.key,
            MatchRecord.season,
            MatchRecord.day,
            HOME.name,
            AWAY.name,
            MatchRecord.home_goals,
            MatchRecord.away_goals,
        )
        .join(HOME, MatchRecord.home_id == HOME.id)
        .join(AWAY, MatchRecord.away_id == AWAY.id)
        .where(MatchRecord.league == league.code, MatchRecord.day < before)
    )
    with engine.connect() as connection:
        rows = [
            (key, season, day, home, away, scored, conceded)
            for key, season, day, home, away, scored, conceded in connection.execute(query)
            if scored is not None and conceded is not None
        ]
    if not rows:
        raise NotFoundError(
            f"the store has no match of {league.code} before {before}",
            f"run `touchline sync --league {league.code} --seasons …` or `touchline demo`",
            field="league",
        )
    return MatchTable.from_rows(rows)


def fixtures(engine: Engine, league: League, today: date, until: date | None = None) -> list[Fixture]:
    """The matches on and after ``today`` (and up to ``until``), in order of time: no result is read."""
    query = _fixture_query().where(MatchRecord.league == league.code, MatchRecord.day >= today)
    if until is not None:
        query = query.where(MatchRecord.day <= until)
    with engine.connect() as connection:
        found = [_fixture(row) for row in connection.execute(query)]
    return sorted(found, key=lambda f: (f.date, f.kickoff or time.max, f.key))


def find_match(engine: Engine, key: str) -> Fixture:
    """A match by its key, without its result.

    Raises:
        NotFoundError: no match has that key.
    """
    with engine.connect() as connection:
        row = connection.execute(_fixture_query().where(MatchRecord.key == key)).first()
    if row is None:
        raise NotFoundError(f"no match has the key {key!r}", "take one from /v1/fixtures", field="match")
    return _fixture(row)


def result_of(engine: Engine, key: str) -> Result | None:
    """How a match ended, None where it is not played; for showing the later truth beside a forecast."""
    query = _fixture_query(MatchRecord.home_goals, MatchRecord.away_goals).where(MatchRecord.key == key)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None or row.home_goals is None else _result(row)


def recent_results(engine: Engine, team: str, before: date, n: int = 6) -> list[Result]:
    """The last ``n`` matches that a team played before a day, the latest first."""
    query = (
        _fixture_query(MatchRecord.home_goals, MatchRecord.away_goals)
        .where((HOME.name == team) | (AWAY.name == team), MatchRecord.day < before, MatchRecord.home_goals.is_not(None))
        .order_by(MatchRecord.day.desc())
        .limit(n)
    )
    with engine.connect() as connection:
        return [_result(row) for row in connection.execute(query)]


def team_names(engine: Engine, league: League) -> list[str]:
    """The sides that have a match in a league."""
    played = MatchRecord.league == league.code
    sides = union(select(MatchRecord.home_id).where(played), select(MatchRecord.away_id).where(played))
    query = select(TeamRow.name).where(TeamRow.id.in_(sides))
    with engine.connect() as connection:
        return sorted(connection.execute(query).scalars())


def sources(engine: Engine) -> set[str]:
    """The names of the sources that matches of the store came from."""
    with engine.connect() as connection:
        return set(connection.execute(select(MatchRecord.source).distinct()).scalars())


def find_fixture(engine: Engine, league: League, home: str, away: str, today: date) -> Fixture | None:
    """The next match of two sides at the first one's ground, on or after ``today``."""
    query = (
        _fixture_query()
        .where(MatchRecord.league == league.code, MatchRecord.day >= today, HOME.name == home, AWAY.name == away)
        .order_by(MatchRecord.day)
        .limit(1)
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else _fixture(row)


def _fixture_query(*more: Any) -> Select[Any]:
    return (
        select(
            MatchRecord.key,
            MatchRecord.league,
            MatchRecord.season,
            MatchRecord.day,
            MatchRecord.kickoff,
            HOME.name.label("home"),
            AWAY.name.label("away"),
            *more,
        )
        .join(HOME, MatchRecord.home_id == HOME.id)
        .join(AWAY, MatchRecord.away_id == AWAY.id)
    )


def _fixture(row: Row[Any]) -> Fixture:
    return Fixture(row.key, row.league, Season(row.season), row.day, row.kickoff, row.home, row.away)


def _result(row: Row[Any]) -> Result:
    return Result(_fixture(row), row.home_goals, row.away_goals)
