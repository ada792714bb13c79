"""football-data.co.uk: results, match statistics and bookmakers' odds, one CSV file a league and season."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.domain.leagues import League
from touchline.domain.seasons import Season
from touchline.ingest.fetch import Reader, reader
from touchline.ingest.port import Address, ParsedFile, Payload
from touchline.ingest.sources.results_csv import parse_results

SITE = "https://www.football-data.co.uk"
FOLDER = "football-data"


@dataclass(frozen=True)
class FootballData:
    """The source; see ``ingest.port.Source``."""

    reader: Reader
    name: str = "football-data.co.uk"

    @classmethod
    def from_settings(cls, mirror: str | None, cache: Path) -> "FootballData":
        """The site, or the ``football-data`` folder of a mirror."""
        return cls(reader(mirror, FOLDER, SITE, cache))

    def addresses(self, leagues: Sequence[League], seasons: Sequence[Season]) -> Iterator[Address]:
        """``mmz4281/2425/E0.csv`` for E0 2024-2025."""
        for league in leagues:
            for season in seasons:
                yield Address(self.name, league, season, f"mmz4281/{season.code}/{league.code}.csv")

    def fetch(self, address: Address) -> Payload:
        """The bytes of one file."""
        return self.reader.fetch(address)

    def parse(self, payload: Payload) -> ParsedFile:
        """The matches in a file, with their odds."""
        return parse_results(payload)
