"""Writing what a source says of matches, so that doing it twice changes nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from touchline.domain.leagues import League
from touchline.domain.matches import STATS, MatchRow
from touchline.domain.seasons import Season
from touchline.domain.teams import slug
from touchline.store.database import hold_lock
from touchline.store.tables import MatchRecord, OddsRow, TeamRow


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
    unlisted: int = 0
    """Matches that the store has from this source and that the file no longer lists."""


def write_matches(
    connection: Connection, league: League, season: Season, rows: Sequence[MatchRow], provenance: Provenance
) -> Counts:
    """Bring the store to what a source says of one league and season; running it again changes nothing.

    A match is new, changed (its row differs from what is kept) or unchanged; one that the source no longer lists stays
    and is counted. The caller owns the transaction.
    """
    hold_lock(connection, f"{league.code} {season}")
    teams = _team_ids(connection, {row.home for row in rows} | {row.away for row in rows})
    kept = {
        row.key: row
        for row in connection.execute(
            select(MatchRecord.id, MatchRecord.key, MatchRecord.content_hash, MatchRecord.source).where(
                MatchRecord.league == league.code, MatchRecord.season == season.start
            )
        )
    }
    fresh: list[MatchRow] = []
    stale: list[tuple[int, MatchRow]] = []
    for row in rows:
        known = kept.get(row.key)
        if known is None:
            fresh.append(row)
        elif known.content_hash != content_hash(row):
            stale.append((known.id, row))
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
    listed = {row.key for row in rows}
    unlisted = sum(row.source == provenance.source and row.key not in listed for row in kept.values())
    return Counts(len(fresh), len(stale), len(rows) - len(fresh) - len(stale), unlisted)


def count_matches(connection: Connection, league: League, season: Season, source: str) -> int:
    """How many matches of a season the store has from a source."""
    query = select(func.count()).where(
        MatchRecord.league == league.code, MatchRecord.season == season.start, MatchRecord.source == source
    )
    return connection.execute(query).scalar_one()


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
    """The numbers of teams by slug, making those that are not there; another transaction may be making the same."""
    wanted = {slug(name): name for name in sorted(names, reverse=True)}
    known = _known_teams(connection)
    if missing := [{"name": name, "slug": key} for key, name in sorted(wanted.items()) if key not in known]:
        server = connection.dialect.name == "postgresql"
        add = postgresql.insert(TeamRow) if server else sqlite.insert(TeamRow)
        connection.execute(add.on_conflict_do_nothing(), missing)
        known = _known_teams(connection)
    return known


def _known_teams(connection: Connection) -> dict[str, int]:
    return {key: number for number, key in connection.execute(select(TeamRow.id, TeamRow.slug))}


def _columns(row: MatchRow, teams: dict[str, int], provenance: Provenance) -> dict[str, Any]:
    return {
        "key": row.key,
        "league": row.league,
        "season": row.season.start,
        "day": row.date,
        "kickoff": row.kickoff,
        "home_id": teams[slug(row.home)],
        "away_id": teams[slug(row.away)],
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
