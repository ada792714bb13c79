"""Elo ratings with home advantage and margin of victory.

After each match the sides exchange ``k · ln(1 + |margin|) · (result - expected)`` points, where the result is 1, ½ or
0 and ``expected = 1 / (1 + 10^(-(difference + home) / 400))``; a draw exchanges as a margin of one. Source: Elo
(1978); Hvattum and Arntzen (2010), Using ELO ratings for match result prediction in association football, for margins.
"""

import math
from dataclasses import dataclass

import numpy as np

from touchline.domain.seasons import Season
from touchline.domain.table import FloatArray, MatchTable

START = 1500.0
LOWEST = 3


@dataclass(frozen=True, slots=True)
class Elo:
    """The constants: points exchanged for a win by one goal against an equal, and what the home side is worth."""

    k: float = 25.0
    home: float = 65.0


@dataclass(frozen=True, slots=True)
class EloRatings:
    """Ratings as they stood before each match, ``(n,)`` each, and as they stand now by place in the vocabulary;
    ``entry`` is what a side that is not there would start with.
    """

    home: FloatArray
    away: FloatArray
    now: dict[int, float]
    entry: float


def elo_ratings(history: MatchTable, season: Season, elo: Elo) -> EloRatings:
    """Rate all sides through a history, for use in ``season``.

    In the first season all start at 1500; later a side that was not there the season before enters at the mean of the
    three lowest at that season's end, roughly the places that the newcomers take.
    """
    before_home, before_away = np.empty(len(history)), np.empty(len(history))
    ratings: dict[int, float] = {}
    entry = START
    for year in np.union1d(history.season, [season.start]):
        last = history.season == year - 1
        ratings = {side: ratings[side] for side in np.union1d(history.home[last], history.away[last]).tolist()}
        entry = float(np.mean(sorted(ratings.values())[:LOWEST])) if ratings else START
        rows = np.flatnonzero(history.season == year)
        sides = zip(history.home[rows].tolist(), history.away[rows].tolist(), strict=True)
        margins = (history.home_goals[rows] - history.away_goals[rows]).tolist()
        for i, (home, away), margin in zip(rows.tolist(), sides, margins, strict=True):
            before_home[i], before_away[i] = ratings.get(home, entry), ratings.get(away, entry)
            moved = _exchange(before_home[i] - before_away[i], margin, elo)
            ratings[home] = before_home[i] + moved
            ratings[away] = before_away[i] - moved
    return EloRatings(before_home, before_away, ratings, entry)


def _exchange(difference: float, margin: int, elo: Elo) -> float:
    expected = 1 / (1 + 10 ** (-(difference + elo.home) / 400))
    result = 1.0 if margin > 0 else 0.5 if margin == 0 else 0.0
    return elo.k * math.log1p(max(1, abs(margin))) * (result - expected)
