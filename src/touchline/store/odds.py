"""Reading prices: one set a match, by a ranked list of bookmakers."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Engine, select

from touchline.domain.leagues import League
from touchline.domain.odds import Market, Moment
from touchline.domain.table import FloatArray
from touchline.store.tables import MatchRecord, OddsRow

RANKED = ("Avg", "PS", "B365", "WH", "IW", "GB", "LB")
"""The market's average first, then the sharpest book, then the books of the oldest files."""


def result_prices(engine: Engine, league: League, keys: Sequence[str], moment: Moment) -> FloatArray:
    """Decimal odds of home win, draw and away win, shape ``(n, 3)``; NaN where no ranked bookmaker priced the match."""
    query = (
        select(MatchRecord.key, OddsRow.bookmaker, OddsRow.first, OddsRow.draw, OddsRow.second)
        .join(MatchRecord, OddsRow.match_id == MatchRecord.id)
        .where(
            MatchRecord.league == league.code,
            OddsRow.market == Market.RESULT.value,
            OddsRow.moment == moment.value,
            OddsRow.bookmaker.in_(RANKED),
        )
    )
    place = {key: i for i, key in enumerate(keys)}
    prices = np.full((len(keys), 3), np.nan)
    rank = np.full(len(keys), len(RANKED))
    with engine.connect() as connection:
        for key, bookmaker, *triple in connection.execute(query):
            i = place.get(key)
            if i is not None and RANKED.index(bookmaker) < rank[i]:
                prices[i], rank[i] = triple, RANKED.index(bookmaker)
    return prices
