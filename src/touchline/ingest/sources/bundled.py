"""The bundled sample: real E0 results, 2012-2013 to 2024-2025, so that touchline runs with no network at all.

See ``sample/NOTICE`` for where they came from; ``scripts/make_sample.py`` made them.
"""

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files

from touchline.domain.errors import NotFoundError
from touchline.domain.leagues import LEAGUES, League
from touchline.domain.seasons import Season
from touchline.ingest.port import Address, ParsedFile, Payload
from touchline.ingest.sources.results_csv import parse_results

FILE = "e0.csv.gz"


def read_sample() -> str:
    """The whole sample as CSV text, its first column naming the season."""
    return gzip.decompress((files(__package__) / "sample" / FILE).read_bytes()).decode()


@dataclass(frozen=True)
class BundledSample:
    """The source; see ``ingest.port.Source``."""

    name: str = "sample"
    _seasons: dict[Season, str] = field(default_factory=lambda: _split(read_sample()))

    @property
    def seasons(self) -> list[Season]:
        """The seasons that the sample holds."""
        return sorted(self._seasons)

    def addresses(self, leagues: Sequence[League], seasons: Sequence[Season]) -> Iterator[Address]:
        """One part of the file a season; only E0 is there."""
        for league in leagues:
            for season in seasons:
                yield Address(self.name, league, season, f"{FILE}#{season}")

    def fetch(self, address: Address) -> Payload:
        """The rows of one season."""
        if address.league != LEAGUES["E0"] or address.season not in self._seasons:
            raise NotFoundError(
                f"the sample has no {address.league.code} {address.season}",
                "use E0 2012-2013..2024-2025",
                field="seasons",
            )
        return Payload(address, self._seasons[address.season].encode(), datetime.now(UTC), "package")

    def parse(self, payload: Payload) -> ParsedFile:
        """The matches of one season."""
        return parse_results(payload)


def _split(text: str) -> dict[Season, str]:
    """The sample by season, each part a results file of its own."""
    header, *rows = csv.reader(io.StringIO(text))
    parts: dict[str, io.StringIO] = {}
    for season, *cells in rows:
        if season not in parts:
            parts[season] = io.StringIO()
            csv.writer(parts[season], lineterminator="\n").writerow(header[1:])
        csv.writer(parts[season], lineterminator="\n").writerow(cells)
    return {Season.parse(season): part.getvalue() for season, part in parts.items()}
