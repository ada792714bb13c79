"""Writing a source's matches and reading them back, as of a day."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, Engine, Row, Select, delete, insert, select, union, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from touchline.domain.errors import NotFoundError, UnknownTeamError
from touchline.domain.leagues import League
from touchline.domain.matches import STATS, Fixture, MatchRow, Result, slug
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.store.database import hold_lock
from touchline.store.tables import MatchRecord, OddsRow, TeamRow

HOME, AWAY = aliased(TeamRow), aliased(TeamRow)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where rows came from: the source, the hash of the file and when it was fetched."""

    source: str
    payload_hash: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What writing a file did to the store."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def write_matches(
    connection: Connection, league: League, season: Season, rows: Sequence[MatchRow], provenance: Provenance
) -> Counts:
    """Bring the store to what a source says of one league and season; running it again changes nothing.

    A match is new, changed (its row differs from what is kept) or unchanged; matches that the source no longer lists
    stay. The caller owns the transaction.
    """
    hold_lock(connection, f"{league.code} {season}")
    teams = _team_ids(connection, {row.home for row in rows} | {row.away for row in rows})
    kept = {
        key: (number, content)
        for number, key, content in connection.execute(
            select(MatchRecord.id, MatchRecord.key, MatchRecord.content_hash).where(
                MatchRecord.league == league.code, MatchRecord.season == season.start
            )
        )
    }
    fresh: list[MatchRow] = []
    stale: list[tuple[int, MatchRow]] = []
    for row in rows:
        number, content = kept.get(row.key, (None, None))
        if number is None:
            fresh.append(row)
        elif content != content_hash(row):
            stale.append((number, row))
    numbers = _insert(connection, fresh, teams, provenance)
    for number, row in stale:
        connection.execute(
            update(MatchRecord).where(MatchRecord.id == number).values(**_columns(row, teams, provenance))
        )
    if stale:
        connection.execute(delete(OddsRow).where(OddsRow.match_id.in_([number for number, _ in stale])))
    odds = _odds([*zip(numbers, fresh, strict=True), *stale])
    if odds:
        connection.execute(insert(OddsRow), odds)
    return Counts(len(fresh), len(stale), len(rows) - len(fresh) - len(stale))


def count_matches(connection: Connection, league: League, season: Season, source: str) -> int:
    """How many matches of a season the store has from a source."""
    found = connection.execute(
        select(MatchRecord.id).where(
            MatchRecord.league == league.code, MatchRecord.season == season.start, MatchRecord.source == source
        )
    )
    return len(found.all())


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


def has_results(engine: Engine, league: League, since: date, before: date) -> bool:
    """Whether a match of a league was played on a day from ``since`` on and before ``before``."""
    played = select(MatchRecord.id).where(
        MatchRecord.league == league.code,
        MatchRecord.day >= since,
        MatchRecord.day < before,
        MatchRecord.home_goals.is_not(None),
    )
    with engine.connect() as connection:
        return bool(connection.execute(select(played.exists())).scalar())


def resolve_team(known: Iterable[str], name: str, field: str) -> str:
    """A team's name as it is kept, from that name or its slug in any case.

    Raises:
        UnknownTeamError: there is none; the error carries the nearest names.
    """
    by_slug = {slug(team): team for team in known}
    found = by_slug.get(slug(name))
    if found is not None:
        return found
    near = [
        by_slug[match]
        for match, *_ in process.extract(slug(name), list(by_slug), scorer=fuzz.WRatio, limit=3, score_cutoff=50)
    ]
    fix = f"did you mean {' or '.join(near)}?" if near else "see the names in /v1/fixtures"
    raise UnknownTeamError(f"team {name!r} is not known", fix, field=field, candidates=near)


def content_hash(row: MatchRow) -> str:
    """A hash of all that a source says of a match, odds included."""
    said = (
        row.key,
        row.date,
        row.kickoff,
        row.home_goals,
        row.away_goals,
        sorted(row.stats.items()),
        sorted((q.bookmaker, q.moment, q.market, q.line, q.first, q.draw or 0.0, q.second) for q in row.quotes),
    )
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _team_ids(connection: Connection, names: set[str]) -> dict[str, int]:
    """The numbers of teams, making those that are not there; another transaction may be making the same."""
    known: dict[str, int] = {name: number for number, name in connection.execute(select(TeamRow.id, TeamRow.name))}
    missing = sorted(names - known.keys())
    if missing:
        server = connection.dialect.name == "postgresql"
        add = postgresql.insert(TeamRow) if server else sqlite.insert(TeamRow)
        named = [{"name": name, "slug": slug(name)} for name in missing]
        connection.execute(add.on_conflict_do_nothing(index_elements=["name"]), named)
        known = {name: number for number, name in connection.execute(select(TeamRow.id, TeamRow.name))}
    return known


def _columns(row: MatchRow, teams: dict[str, int], provenance: Provenance) -> dict[str, Any]:
    return {
        "key": row.key,
        "league": row.league,
        "season": row.season.start,
        "day": row.date,
        "kickoff": row.kickoff,
        "home_id": teams[row.home],
        "away_id": teams[row.away],
        "meeting": row.meeting,
        "home_goals": row.home_goals,
        "away_goals": row.away_goals,
        **{name: row.stats.get(name) for name in STATS},
        "source": provenance.source,
        "payload_hash": provenance.payload_hash,
        "fetched_at": provenance.fetched_at,
        "content_hash": content_hash(row),
    }


def _insert(
    connection: Connection, rows: Sequence[MatchRow], teams: dict[str, int], provenance: Provenance
) -> list[int]:
    """Insert matches and return their numbers in the same order."""
    if not rows:
        return []
    statement = insert(MatchRecord).returning(MatchRecord.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, [_columns(row, teams, provenance) for row in rows]).scalars())


def _odds(matches: Iterable[tuple[int, MatchRow]]) -> list[dict[str, Any]]:
    return [
        {
            "match_id": number,
            "bookmaker": quote.bookmaker,
            "moment": quote.moment.value,
            "market": quote.market.value,
            "line": quote.line,
            "first": quote.first,
            "draw": quote.draw,
            "second": quote.second,
        }
        for number, row in matches
        for quote in row.quotes
    ]


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
