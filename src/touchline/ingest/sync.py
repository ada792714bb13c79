"""Bringing a source's files into the store, one transaction a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from touchline.domain.errors import NotFoundError, SourceError, TouchlineError
from touchline.domain.leagues import League
from touchline.domain.seasons import Season
from touchline.ingest.port import Address, ParsedFile, Source
from touchline.store.database import writing
from touchline.store.quarantine import replace_refusals
from touchline.store.writes import Counts, Provenance, count_matches, write_matches

SHRUNK = 0.9
"""A file with fewer than this share of the matches that it had before was cut short."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: the counts of its rows, or the error that kept it from being read."""

    address: Address
    origin: str = ""
    counts: Counts = field(default_factory=Counts)
    refused_rows: int = 0
    refused_values: int = 0
    error: TouchlineError | None = None

    @property
    def label(self) -> str:
        """The file's league and season."""
        return f"{self.address.league.code} {self.address.season}"


def sync(engine: Engine, source: Source, leagues: Sequence[League], seasons: Sequence[Season]) -> Iterator[FileReport]:
    """Read every file of these leagues and seasons and yield what became of each.

    A file is written whole or not at all; one that cannot be read is reported and the others go on. Running it again,
    or after it died, ends in the same state.
    """
    for address in source.addresses(leagues, seasons):
        try:
            yield sync_file(engine, source, address)
        except (SourceError, NotFoundError) as error:
            yield FileReport(address, error=error)
        except (IntegrityError, DataError) as error:
            yield FileReport(address, error=_refused_by_store(address, error))


def sync_file(engine: Engine, source: Source, address: Address) -> FileReport:
    """Read one file into the store.

    Raises:
        SourceError: it cannot be read, or lacks much of what it held before.
        NotFoundError: the source does not have it.
    """
    parsed = source.parse(source.fetch(address))
    payload = parsed.payload
    provenance = Provenance(source.name, payload.sha256, payload.fetched_at)
    with writing(engine) as connection:
        before = count_matches(connection, address.league, address.season, source.name)
        _refuse_shrunk(parsed, before)
        counts = write_matches(connection, address.league, address.season, parsed.rows, provenance)
        replace_refusals(connection, address.league, address.season, parsed.refusals, provenance)
    rows = sum(refusal.row for refusal in parsed.refusals)
    return FileReport(address, payload.origin, counts, rows, len(parsed.refusals) - rows)


def _refused_by_store(address: Address, error: DBAPIError) -> SourceError:
    """A value that no check knows and the store will not have: the file stays out whole, the others go on."""
    reason = str(error.orig).splitlines()[0]
    return SourceError(
        f"{address.path} holds something that the store refuses ({reason})", "report the file", field="file"
    )


def _refuse_shrunk(parsed: ParsedFile, before: int) -> None:
    now = len(parsed.rows)
    if now < SHRUNK * before:
        raise SourceError(
            f"{parsed.payload.address.path} holds {now} matches where it held {before} before",
            "it was probably cut short: fetch it again",
            field="file",
        )
