"""Training into a real MLflow registry, on a SQLite file."""

import shutil
import time
from dataclasses import replace
from datetime import date

import mlflow
import numpy as np
import pandas as pd
import pytest

from tests.integration.conftest import AS_OF, CLOCK
from touchline.config import Settings, load_settings
from touchline.domain.clock import Clock
from touchline.domain.errors import ModelError, TouchlineError
from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season
from touchline.models.base_rates import BaseRates
from touchline.models.dixon_coles import DixonColes
from touchline.store.database import open_store
from touchline.store.matches import history
from touchline.training.demo import Prepared, prepare
from touchline.training.lineage import code_version
from touchline.training.pipeline import train
from touchline.training.registry import MODEL_FILE, Registry, Version

E0 = LEAGUES["E0"]


def _registry(settings: Settings) -> Registry:
    return Registry(settings.mlflow_uri, settings.home)


def _champion(registry: Registry, league: str) -> Version:
    found = registry.champion(league)
    assert found is not None
    return found


def test_the_champion_carries_its_lineage(demo: tuple[Settings, Prepared]) -> None:
    settings, ready = demo
    champion = _champion(_registry(settings), "E0")
    artifact = champion.artifact()
    engine = open_store(settings.store_url)
    seen = history(engine, E0, AS_OF)
    engine.dispose()
    assert champion.number == ready.version
    assert artifact.data_hash == seen.fingerprint
    assert artifact.matches == len(seen) == 4800
    assert artifact.code_version == code_version()
    assert artifact.day == AS_OF


def test_the_run_is_logged_with_scores_settings_and_tags(demo: tuple[Settings, Prepared]) -> None:
    settings, ready = demo
    client = mlflow.tracking.MlflowClient(settings.mlflow_uri, settings.mlflow_uri)
    version = client.get_model_version("touchline-E0", ready.version)
    run = client.get_run(version.tags["run"])
    own = ready.report.comparison.line("dixon-coles")
    assert run.data.metrics["rps"] == pytest.approx(own.scores["rps"])
    assert run.data.metrics["rps_of_base-rates"] > run.data.metrics["rps"]
    assert float(run.data.params["xi"]) == DixonColes().xi
    assert run.data.tags["data_hash"] == _champion(_registry(settings), "E0").artifact().data_hash


def test_anybody_can_load_it_as_a_pyfunc_model_and_get_the_same_to_the_bit(demo: tuple[Settings, Prepared]) -> None:
    settings, ready = demo
    fitted = _champion(_registry(settings), "E0").artifact().fitted
    model = mlflow.pyfunc.load_model(f"models:/touchline-E0/{ready.version}")
    names = list(fitted.teams[:8])
    frame = pd.DataFrame({"home": names, "away": names[::-1]})
    found = model.predict(frame)
    assert (found[["p_home", "p_draw", "p_away"]].to_numpy() == fitted.forecast(names, names[::-1]).outcome).all()
    assert found.dtypes.eq(np.float64).all()
    signature = model.metadata.signature
    assert signature.inputs.input_names() == ["home", "away"]
    assert signature.outputs.input_names() == list(found.columns)
    with pytest.raises(mlflow.exceptions.MlflowException, match="away"):
        model.predict(frame.drop(columns="away"))


def test_preparing_again_keeps_the_champion(demo: tuple[Settings, Prepared]) -> None:
    settings, ready = demo
    engine = open_store(settings.store_url)
    assert prepare(engine, settings) == ready
    engine.dispose()


def test_a_worse_model_is_registered_but_not_promoted_and_a_damaged_champion_is_named(
    empty_home: Settings, sample_store: object
) -> None:
    registry, engine, window = _registry(empty_home), sample_store, (Season(2023), Season(2024))
    first = train(engine, registry, E0, DixonColes(), CLOCK, window)  # type: ignore[arg-type]
    assert first.verdict.promote
    worse = train(engine, registry, E0, DixonColes(xi=0.05, ridge=0.5), CLOCK, window)  # type: ignore[arg-type]
    assert not worse.verdict.promote
    assert worse.verdict.difference > 0
    assert worse.verdict.matches == len(first.result.matches)
    champion = _champion(registry, "E0")
    assert (champion.number, worse.version) == (first.version, "2")
    again = train(engine, registry, E0, DixonColes(), CLOCK, window)  # type: ignore[arg-type]
    assert again.verdict.promote
    assert again.verdict.difference == 0

    for file in (empty_home.home / "mlflow").rglob(MODEL_FILE):
        file.write_text(file.read_text()[:-200])
    with pytest.raises(ModelError, match="damaged"):
        _champion(registry, "E0").artifact()


def test_a_replay_does_not_take_a_later_champions_place(empty_home: Settings, sample_store: object) -> None:
    registry, window = _registry(empty_home), (Season(2023), Season(2023))
    first = train(sample_store, registry, E0, DixonColes(), CLOCK, window)  # type: ignore[arg-type]
    earlier = train(sample_store, registry, E0, DixonColes(), Clock(date(2024, 8, 1)), window)  # type: ignore[arg-type]
    assert not earlier.verdict.promote
    assert "before the champion" in earlier.verdict.reason
    assert _champion(registry, "E0").number == first.version
    assert earlier.result.report.as_of == "2024-08-01"
    assert earlier.result.report.replay is True


def test_a_champion_whose_files_are_lost_gives_way(empty_home: Settings, sample_store: object) -> None:
    registry, window = _registry(empty_home), (Season(2024), Season(2024))
    train(sample_store, registry, E0, DixonColes(), CLOCK, window)  # type: ignore[arg-type]
    shutil.rmtree(empty_home.home / "mlflow")
    again = train(sample_store, registry, E0, DixonColes(), CLOCK, window)  # type: ignore[arg-type]
    assert again.verdict.promote
    assert "could not be read" in again.verdict.reason
    assert _champion(registry, "E0").report() == again.result.report


def test_a_league_without_a_champion_has_none(empty_home: Settings) -> None:
    assert _registry(empty_home).champion("SP1") is None


def test_a_training_that_cannot_be_logged_moves_nothing(
    demo: tuple[Settings, Prepared], sample_store: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, ready = demo
    registry = Registry(settings.mlflow_uri, settings.home)

    def no_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mlflow.pyfunc, "log_model", no_disk)
    with pytest.raises(ModelError, match="No space left"):
        train(sample_store, registry, E0, DixonColes(), CLOCK, (Season(2024), Season(2024)))  # type: ignore[arg-type]
    monkeypatch.undo()
    assert _champion(registry, "E0").number == ready.version


def test_a_model_without_score_grids_is_not_trained_for_serving(empty_home: Settings, sample_store: object) -> None:
    with pytest.raises(TouchlineError, match="score grid"):
        train(sample_store, _registry(empty_home), E0, BaseRates(), CLOCK)  # type: ignore[arg-type]


def test_training_sees_nothing_from_the_day_on(demo: tuple[Settings, Prepared], sample_store: object) -> None:
    """The same artifact comes of a store that ends the day before."""
    settings, _ = demo
    artifact = _champion(_registry(settings), "E0").artifact()
    table = history(sample_store, E0, date(2026, 1, 1)).before(AS_OF)  # type: ignore[arg-type]
    refitted = DixonColes().fit(table, AS_OF, Season(2024))
    assert replace(artifact, fitted=refitted).dumps() == artifact.dumps()


def test_two_registries_in_one_process_keep_apart(demo: tuple[Settings, Prepared], empty_home: Settings) -> None:
    ours, other = _registry(demo[0]), _registry(empty_home)
    assert other.champion("E0") is None
    assert ours.champion("E0") is not None
    assert load_settings(home=empty_home.home).mlflow_uri == empty_home.mlflow_uri


def test_a_server_that_is_not_there_is_named_soon(empty_home: Settings) -> None:
    start = time.monotonic()
    with pytest.raises(ModelError, match="MLFLOW_TRACKING_URI"):
        Registry("http://127.0.0.1:9", empty_home.home).champion("E0")
    assert time.monotonic() - start < 30
