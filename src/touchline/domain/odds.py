"""Bookmakers' prices as decimal odds."""

from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """When a price was taken: as the market opened (or as first collected), or at kick-off."""

    OPENING = "opening"
    CLOSING = "closing"


class Market(StrEnum):
    """What is priced: the outcome, the number of goals, or the Asian handicap given to the home side."""

    RESULT = "1x2"
    TOTAL = "totals"
    HANDICAP = "handicap"


@dataclass(frozen=True, slots=True)
class Quote:
    """One bookmaker's prices of one market of one match.

    ``first`` is home (1x2, handicap) or over (totals); ``second`` is away or under; ``draw`` only for 1x2.
    ``line`` is the number of goals (totals) or the handicap of the home side; 0 for 1x2.
    ``bookmaker`` ``Avg`` and ``Max`` stand for the average and the best of the market.
    """

    bookmaker: str
    moment: Moment
    market: Market
    first: float
    second: float
    draw: float | None = None
    line: float = 0.0
