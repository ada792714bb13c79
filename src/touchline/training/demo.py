"""Getting a data folder ready with the bundled sample: matches in the store and a champion in the registry."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Engine

from touchline.backtest.run import Report
from touchline.config import SETTINGS_FILE, Settings
from touchline.domain.errors import ModelError, TouchlineError
from touchline.domain.leagues import LEAGUES
from touchline.ingest.sources.bundled import BundledSample
from touchline.ingest.sync import sync
from touchline.models.dixon_coles import DixonColes
from touchline.store.matches import sources
from touchline.training.pipeline import fit_artifact, train
from touchline.training.registry import Registry

LEAGUE = LEAGUES["E0"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What stands ready: how many matches the sample holds, the champion's version and its backtest's report."""

    matches: int
    version: str
    report: Report


def prepare(engine: Engine, settings: Settings, progress: Callable[[int], None] | None = None) -> Prepared:
    """Import the sample and train on what was known on the as-of date.

    A champion made of the same matches, settings and code on the same day is kept, so that a second run is quick.
    """
    _require_own_folder(engine, settings)
    sample = BundledSample()
    matches = 0
    for report in sync(engine, sample, [LEAGUE], sample.seasons):
        if report.error is not None:
            raise report.error
        matches += report.counts.new + report.counts.changed + report.counts.unchanged
    _remember_day(settings)
    registry = Registry(settings.mlflow_uri, settings.home)
    wanted = fit_artifact(engine, LEAGUE, DixonColes(), settings.clock.today)
    with suppress(ModelError):  # what cannot be read is made anew
        champion = registry.champion(LEAGUE.code)
        if champion is not None and champion.artifact().dumps() == wanted.dumps():
            return Prepared(matches, champion.number, champion.report())
    done = train(engine, registry, LEAGUE, DixonColes(), settings.clock, progress=progress)
    registry.promote(LEAGUE.code, done.version)
    return Prepared(matches, done.version, done.result.report)


def _require_own_folder(engine: Engine, settings: Settings) -> None:
    """Refuse to mix the demo, whose champion takes the alias unasked, with anything that is not its own."""
    if settings.database_url is not None or settings.tracking_uri is not None:
        raise TouchlineError(
            "the demo keeps to the embedded defaults",
            "unset TOUCHLINE_DATABASE_URL and MLFLOW_TRACKING_URI",
            field="home",
        )
    others = sources(engine) - {BundledSample.name}
    if others:
        raise TouchlineError(
            f"the data folder {settings.home} holds matches of {', '.join(sorted(others))}",
            "set TOUCHLINE_HOME to another folder for the demo",
            field="home",
        )


def _remember_day(settings: Settings) -> None:
    """Write the as-of date into the data folder's settings, so that later commands on it stand on the same day.

    A file that says more than that was written by somebody, and stays.
    """
    file = settings.home / SETTINGS_FILE
    if settings.as_of is None or (file.exists() and not re.fullmatch(r"as_of = [0-9-]+\n", file.read_text())):
        return
    file.write_text(f"as_of = {settings.as_of.isoformat()}\n")
