"""Forecasters side by side on the same matches."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from touchline.domain.errors import TouchlineError
from touchline.domain.table import FloatArray, MatchTable
from touchline.evaluation.bootstrap import mean_errors, week_blocks
from touchline.evaluation.calibration import Calibration, calibration
from touchline.evaluation.scores import SCORES


@dataclass(frozen=True, slots=True)
class Line:
    """One forecaster's line of the table.

    ``scores`` and ``errors`` hold the mean and its standard error by the name of the score; ``difference`` is the
    mean RPS less the reference's on the same matches, with the standard error of that paired difference.
    """

    name: str
    scores: Mapping[str, float]
    errors: Mapping[str, float]
    difference: float
    difference_error: float
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table: its lines, how many matches all of them cover, and how many were asked for."""

    reference: str
    lines: tuple[Line, ...]
    matches: int
    asked: int

    def line(self, name: str) -> Line:
        """One forecaster's line."""
        return next(line for line in self.lines if line.name == name)


def compare(matches: MatchTable, forecasts: Mapping[str, FloatArray], reference: str) -> Comparison:
    """Score forecasters, each ``(n, 3)``, on the matches that all of them cover (no NaN).

    Raises:
        TouchlineError: there is no such match.
    """
    covered = np.logical_and.reduce([np.isfinite(p).all(axis=1) for p in forecasts.values()])
    if not covered.any():
        raise TouchlineError("no match is covered by all forecasters", "compare fewer of them", field="forecasts")
    outcome, blocks = matches.outcome[covered], week_blocks(matches.day[covered])
    scored = {
        name: np.stack([score(p[covered], outcome) for score in SCORES.values()], axis=1)
        for name, p in forecasts.items()
    }
    lines = []
    for name, p in forecasts.items():
        difference = scored[name][:, :1] - scored[reference][:, :1]
        errors = mean_errors(scored[name], blocks)
        lines.append(
            Line(
                name,
                dict(zip(SCORES, scored[name].mean(axis=0).tolist(), strict=True)),
                dict(zip(SCORES, errors.tolist(), strict=True)),
                float(difference.mean()),
                float(mean_errors(difference, blocks)[0]),
                calibration(p[covered], outcome, blocks),
            )
        )
    return Comparison(reference, tuple(lines), int(covered.sum()), len(matches))
