"""Choosing constants: the walk-forward score of every point of a small grid, on seasons that no one is judged on."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context

from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.evaluation.scores import log_loss, ranked_probability
from touchline.evaluation.walkforward import walk_forward
from touchline.features.elo import Elo
from touchline.models.base import Model
from touchline.models.dixon_coles import DixonColes
from touchline.models.elo_logit import EloLogit

GRIDS: dict[str, tuple[Model, ...]] = {
    "dixon-coles": tuple(
        DixonColes(xi, ridge)
        for xi, ridge in product((0.0015, 0.002, 0.0025, 0.003, 0.0035, 0.004), (2.0, 4.0, 6.0, 10.0))
    ),
    "elo-logit": tuple(EloLogit(Elo(k, home)) for k, home in product((15.0, 20.0, 25.0, 30.0, 35.0), (65.0,))),
}
"""The points tried for each model that has constants."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One point of the grid and its mean scores."""

    model: Model
    rps: float
    log_loss: float


def tune(
    grid: Sequence[Model], table: MatchTable, first: Season, last: Season, progress: Callable[[int], None] | None = None
) -> list[Trial]:
    """Score every model of a grid on the seasons ``first`` to ``last``, the best (by RPS) first.

    Points are spread over the machine's cores. ``progress`` is called with 1 as each is done.
    """
    workers = min(len(grid), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    trials: list[Trial] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_trial, model, table, first, last) for model in grid]):
            trials.append(done.result())
            if progress is not None:
                progress(1)
    return sorted(trials, key=lambda trial: (trial.rps, repr(trial.model)))


def _trial(model: Model, table: MatchTable, first: Season, last: Season) -> Trial:
    matches, probabilities = walk_forward(model, table, first, last)
    return Trial(
        model,
        float(ranked_probability(probabilities, matches.outcome).mean()),
        float(log_loss(probabilities, matches.outcome).mean()),
    )
