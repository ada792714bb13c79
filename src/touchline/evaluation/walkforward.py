"""Walk-forward: each match is forecast once, by a model that saw only the days before it.

A fold is one day: its matches are forecast together, by one fit on all matches of earlier days, and only then become
history. So folds never overlap, and matches of one day never see one another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from touchline.domain.errors import TouchlineError
from touchline.domain.forecast import Forecast
from touchline.domain.seasons import Season
from touchline.domain.table import FloatArray, MatchTable
from touchline.models.base import Model


@dataclass(frozen=True, slots=True)
class Fold:
    """The matches of one day, and the history before it."""

    day: date
    season: Season
    history: MatchTable
    matches: MatchTable


def folds(table: MatchTable, first: Season, last: Season) -> Iterator[Fold]:
    """One fold for each day on which the seasons from ``first`` to ``last`` have matches, in order of time.

    Raises:
        TouchlineError: the table has no match of these seasons, or none before them.
    """
    inside = np.flatnonzero((table.season >= first.start) & (table.season <= last.start))
    if len(inside) == 0:
        raise TouchlineError(
            f"there is no match of {first} to {last}", "sync these seasons, or choose others", field="seasons"
        )
    if inside[0] == 0:
        raise TouchlineError(
            f"there is no match before {first} to learn from", "sync earlier seasons, or begin later", field="seasons"
        )
    edges = np.flatnonzero(np.diff(table.day[inside].astype(np.int64))) + 1
    for group in np.split(inside, edges):
        start, stop = int(group[0]), int(group[-1]) + 1
        day: date = table.day[start].astype(object)
        yield Fold(day, Season(int(table.season[start])), table.before(day), table.take(slice(start, stop)))


def walk_forward(
    model: Model, table: MatchTable, first: Season, last: Season, progress: Callable[[int], None] | None = None
) -> tuple[MatchTable, FloatArray]:
    """Forecast every match of the seasons ``first`` to ``last`` by the last fit before its day.

    Returns:
        The matches forecast, in order of day, and their outcome probabilities, shape ``(n, 3)``. ``progress`` is
        called after each fold with the number of its matches.
    """
    parts: list[FloatArray] = []
    chosen: list[int] = []
    place = {key: i for i, key in enumerate(table.key)}
    for fold in folds(table, first, last):
        parts.append(forecast_fold(model, fold).outcome)
        chosen += [place[key] for key in fold.matches.key]
        if progress is not None:
            progress(len(fold.matches))
    return table.take(np.array(chosen, dtype=np.int64)), np.concatenate(parts)


def forecast_fold(model: Model, fold: Fold) -> Forecast:
    """Fit on the fold's history and forecast its matches, by their sides' names alone."""
    names = fold.matches.teams
    fitted = model.fit(fold.history, fold.day, fold.season)
    return fitted.forecast([names[i] for i in fold.matches.home], [names[i] for i in fold.matches.away])
