"""What was refused, kept with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select

from touchline.domain.leagues import League
from touchline.domain.refusals import Refusal
from touchline.domain.seasons import Season
from touchline.store.tables import QuarantineRow
from touchline.store.writes import Provenance


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One entry of the quarantine: the file that it stands in and what was refused there."""

    source: str
    league: str
    season: Season
    refusal: Refusal


def replace_refusals(
    connection: Connection, league: League, season: Season, refusals: Sequence[Refusal], provenance: Provenance
) -> None:
    """Make the quarantine of one file what the file's latest reading refused."""
    connection.execute(
        delete(QuarantineRow).where(
            QuarantineRow.source == provenance.source,
            QuarantineRow.league == league.code,
            QuarantineRow.season == season.start,
        )
    )
    if not refusals:
        return
    file = {
        "source": provenance.source,
        "league": league.code,
        "season": season.start,
        "payload_hash": provenance.payload_hash,
        "seen_at": provenance.fetched_at,
    }
    connection.execute(
        insert(QuarantineRow),
        [
            file | {"line": r.line, "check_id": r.check, "reason": r.reason[:400], "raw": r.raw, "whole_row": r.row}
            for r in refusals
        ],
    )


def list_refusals(engine: Engine) -> list[Quarantined]:
    """All that is in quarantine, in order of league, season and line."""
    query = select(QuarantineRow.__table__).order_by(
        QuarantineRow.league, QuarantineRow.season, QuarantineRow.line, QuarantineRow.id
    )
    with engine.connect() as connection:
        return [
            Quarantined(
                row.source,
                row.league,
                Season(row.season),
                Refusal(row.line, row.check_id, row.reason, row.raw, row.whole_row),
            )
            for row in connection.execute(query)
        ]
