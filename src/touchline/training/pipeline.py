"""Training a league's model: backtest, fit on all that is known, log, and promote if no worse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from touchline.backtest.run import Backtest, backtest
from touchline.domain.errors import TouchlineError
from touchline.domain.leagues import League
from touchline.domain.seasons import Season
from touchline.models.base import Model
from touchline.models.dixon_coles import DixonColes
from touchline.store.matches import fixtures, history
from touchline.training.artifact import Artifact
from touchline.training.gates import Verdict, judge
from touchline.training.lineage import code_version
from touchline.training.registry import Registry

BACKTEST_SEASONS = 4


@dataclass(frozen=True, slots=True)
class Training:
    """What a training gave: the version, the artifact, the backtest behind it, and whether it became champion."""

    version: str
    artifact: Artifact
    result: Backtest
    verdict: Verdict


def train(
    engine: Engine,
    registry: Registry,
    league: League,
    model: Model,
    today: date,
    seasons: tuple[Season, Season] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Training:
    """Train on all matches before today; ``seasons`` are those of the backtest, by default the last four begun.

    Raises:
        TouchlineError: the model is not one that can be served (it needs score grids), or data is missing.
    """
    if not isinstance(model, DixonColes):
        raise TouchlineError(f"{model.name} has no score grid to serve", "train dixon-coles", field="model")
    artifact = fit_artifact(engine, league, model, today)
    first, last = seasons or (Season(artifact.season.start - BACKTEST_SEASONS + 1), artifact.season)
    result = backtest(engine, league, first, last, model, today, progress)
    standing = registry.champion(league.code)
    own = [p for p in result.predictions() if p.model == model.name]
    verdict = judge(own, standing.predictions() if standing else None)
    version = registry.log(artifact, result)
    if verdict.promote:
        registry.promote(league.code, version)
    return Training(version, artifact, result, verdict)


def fit_artifact(engine: Engine, league: League, model: DixonColes, today: date) -> Artifact:
    """Fit on all matches before today, for the season of the next fixture (of the last match where none is known)."""
    table = history(engine, league, today)
    coming = fixtures(engine, league, today)
    season = coming[0].season if coming else Season(int(table.season[-1]))
    fitted = model.fit(table, today, season)
    return Artifact(league.code, season, today, model, fitted, len(table), table.fingerprint, code_version())
