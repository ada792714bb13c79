"""Training a league's model: backtest, fit on all that is known, log, and promote if no worse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from touchline.backtest.run import Backtest, Prediction, backtest
from touchline.domain.clock import Clock
from touchline.domain.errors import ModelError, TouchlineError
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
    clock: Clock,
    seasons: tuple[Season, Season] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Training:
    """Train on all matches before today; ``seasons`` are those of the backtest, by default the last four begun.

    The champion is looked up after the new version is logged, just before the two are judged.

    Raises:
        TouchlineError: the model is not one that can be served (it needs score grids), or data is missing.
    """
    if not isinstance(model, DixonColes):
        raise TouchlineError(f"{model.name} has no score grid to serve", "train dixon-coles", field="model")
    artifact = fit_artifact(engine, league, model, clock.today)
    first, last = seasons or (Season(artifact.season.start - BACKTEST_SEASONS + 1), artifact.season)
    result = backtest(engine, league, first, last, model, clock, progress)
    version = registry.log(artifact, result)
    verdict = _verdict(registry, artifact, [p for p in result.predictions() if p.model == model.name])
    if verdict.promote:
        registry.promote(league.code, version)
    return Training(version, artifact, result, verdict)


def _verdict(registry: Registry, artifact: Artifact, own: list[Prediction]) -> Verdict:
    """Whether a new version may be champion: not over one that knows later matches, and not with worse scores.

    A champion whose files cannot be read serves nobody, so it gives way, and the reason says so.
    """
    try:
        champion = registry.champion(artifact.league)
        if champion is None:
            return judge(own, None)
        later, theirs, _ = champion.artifact().day, champion.predictions(), champion.report()
    except ModelError as error:
        return Verdict(True, f"the champion could not be read: {error.what}")
    if artifact.day < later:
        return Verdict(False, f"it stands on {artifact.day}, before the champion's day {later}")
    return judge(own, theirs)


def fit_artifact(engine: Engine, league: League, model: DixonColes, today: date) -> Artifact:
    """Fit on all matches before today, for the season of the next fixture (of the last match where none is known)."""
    table = history(engine, league, today)
    coming = fixtures(engine, league, today)
    season = coming[0].season if coming else Season(int(table.season[-1]))
    fitted = model.fit(table, today, season)
    return Artifact(league.code, season, today, model, fitted, len(table), table.fingerprint, code_version())
