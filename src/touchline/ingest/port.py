"""The port behind which every source stands, and what passes through it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from touchline.domain.leagues import League
from touchline.domain.matches import MatchRow
from touchline.domain.refusals import Refusal
from touchline.domain.seasons import Season


@dataclass(frozen=True, slots=True)
class Address:
    """One file of a source: the league and season that it holds, and its path below the provider's root."""

    source: str
    league: League
    season: Season
    path: str


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of one file as they came, and when."""

    address: Address
    content: bytes
    fetched_at: datetime
    origin: str
    """Where the bytes were read: ``site``, ``mirror``, ``package``, or ``cache`` where the server said unchanged."""

    @property
    def sha256(self) -> str:
        """The hash under which the bytes are known, 64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a payload holds: the matches that passed every check, and what did not."""

    payload: Payload
    rows: tuple[MatchRow, ...]
    refusals: tuple[Refusal, ...]


class Source(Protocol):
    """A provider of match data."""

    @property
    def name(self) -> str:
        """The name under which its rows are kept."""
        ...

    def addresses(self, leagues: Sequence[League], seasons: Sequence[Season]) -> Iterator[Address]:
        """The files that hold these leagues and seasons."""
        ...

    def fetch(self, address: Address) -> Payload:
        """The bytes of one file; raises ``SourceError`` or ``NotFoundError`` where they cannot be had."""
        ...

    def parse(self, payload: Payload) -> ParsedFile:
        """The matches in a payload; raises ``SourceError`` where it is not what it should be as a whole."""
        ...
