"""Odds columns as football-data.co.uk names them; bookmakers come and go, so they are found by pattern.

A bookmaker's prefix is followed by ``H``, ``D``, ``A`` (result), ``>2.5``, ``<2.5`` (goals) or ``AHH``, ``AHA``
(Asian handicap); a ``C`` between the two marks closing prices, which exist only beside opening ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from touchline.domain.odds import Market, Moment, Quote

BOOKMAKERS = {"1XB", "B365", "BF", "BFE", "BW", "BbAv", "BbMx", "Avg", "Max", "IW", "LB", "P", "PS", "WH"}
"""Prefixes that are bookmakers for certain, so that ``PSC`` is PS at closing even where no opening column stands."""
ALIASES = {"BbAv": "Avg", "BbMx": "Max", "P": "PS"}
"""Other names of the same bookmaker or market figure in other seasons and markets."""
GOALS_LINE = 2.5
LARGEST_HANDICAP = 10.0


@dataclass(frozen=True, slots=True)
class _Group:
    bookmaker: str
    moment: Moment
    market: Market
    columns: tuple[str, ...]
    line_column: str | None = None


class OddsColumns:
    """The groups of odds columns in a header, ready to read rows."""

    def __init__(self, header: Sequence[str]) -> None:
        self._groups = list(_groups(set(header), header))

    def read(self, cell: Mapping[str, str]) -> tuple[list[Quote], list[tuple[str, str]]]:
        """The quotes of a row, and for each price group refused the check's name and the reason.

        A group whose cells are all empty is simply not quoted.
        """
        quotes: list[Quote] = []
        refused: list[tuple[str, str]] = []
        found: set[tuple[str, Moment, Market, float]] = set()
        for group in self._groups:
            texts = [cell.get(column, "") for column in group.columns]
            if not any(texts):
                continue
            try:
                quote = _quote(group, [_price(c, t) for c, t in zip(group.columns, texts, strict=True)], cell)
                if (name := (quote.bookmaker, quote.moment, quote.market, quote.line)) in found:
                    raise _BadPriceError("price-twice", f"{group.columns[0]} is of a bookmaker that was read already")
            except _BadPriceError as error:
                refused.append((error.check, str(error)))
            else:
                found.add(name)
                quotes.append(quote)
        return quotes, refused


class _BadPriceError(ValueError):
    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check


def _quote(group: _Group, prices: Sequence[float], cell: Mapping[str, str]) -> Quote:
    if group.market is Market.RESULT:
        home, draw, away = prices
        return Quote(group.bookmaker, group.moment, group.market, home, away, draw)
    first, second = prices
    line = GOALS_LINE
    if group.line_column is not None:
        text = cell.get(group.line_column, "")
        try:
            line = float(text)
        except ValueError as error:
            reason = f"{group.columns[0]} is given without a handicap in {group.line_column}"
            raise _BadPriceError("handicap-missing", reason) from error
        if not abs(line) <= LARGEST_HANDICAP:
            raise _BadPriceError("handicap-implausible", f"{group.line_column} is {text}")
    return Quote(group.bookmaker, group.moment, group.market, first, second, line=line)


def _price(column: str, text: str) -> float:
    if not text:
        raise _BadPriceError("price-missing", f"{column} is empty beside its companions")
    try:
        price = float(text)
    except ValueError as error:
        raise _BadPriceError("price-unreadable", f"{column} is {text!r}") from error
    if not 1 < price <= 1001:
        raise _BadPriceError("price-implausible", f"{column} is {text}: decimal odds lie above 1 and up to 1001")
    return price


def _groups(columns: set[str], header: Sequence[str]) -> Iterator[_Group]:
    for endings, market in (
        (("H", "D", "A"), Market.RESULT),
        ((">2.5", "<2.5"), Market.TOTAL),
        (("AHH", "AHA"), Market.HANDICAP),
    ):
        prefixes = [
            prefix
            for name in header
            if name.endswith(endings[0]) and (prefix := name.removesuffix(endings[0]))
            if all(prefix + ending in columns for ending in endings)
            if not (market is Market.RESULT and re.search(r"AH$", prefix))
        ]
        for prefix in dict.fromkeys(prefixes):
            closing = prefix.endswith("C") and (prefix[:-1] in prefixes or prefix[:-1] in BOOKMAKERS)
            bookmaker = prefix[:-1] if closing else prefix
            yield _Group(
                ALIASES.get(bookmaker, bookmaker),
                Moment.CLOSING if closing else Moment.OPENING,
                market,
                tuple(prefix + ending for ending in endings),
                _line_column(prefix, closing, columns) if market is Market.HANDICAP else None,
            )


def _line_column(prefix: str, closing: bool, columns: set[str]) -> str:
    """The column with the handicap: the bookmaker's own, or the market's (``BbAHh`` until 2018/19)."""
    if f"{prefix}AH" in columns:
        return f"{prefix}AH"
    if closing:
        return "AHCh"
    return "BbAHh" if "BbAHh" in columns else "AHh"
