"""The registry: MLflow, on a SQLite file or a server.

One registered model a league, ``touchline-E0``; each version holds the artifact, the predictions of its backtest and
the table of its scores, and can be loaded by anybody as an MLflow pyfunc model.
"""

import io
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from touchline import __version__
from touchline.backtest.files import predictions_csv, read_predictions, read_report, report_json
from touchline.backtest.run import Backtest, Prediction, Report
from touchline.domain.errors import MissingExtraError, ModelError, TouchlineError
from touchline.training.artifact import Artifact

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

CHAMPION = "champion"
EXPERIMENT = "touchline"
MODEL_FILE, PREDICTIONS_FILE, REPORT_FILE = "model.json", "predictions.csv", "report.json"


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the registry: its name and number, and the folder of its files once fetched."""

    name: str
    number: str
    folder: Path

    def artifact(self) -> Artifact:
        """The fitted model; raises ``ModelError`` where its file is damaged."""
        return Artifact.load(self.folder / MODEL_FILE)

    def predictions(self) -> list[Prediction]:
        """The model's own predictions in its backtest; raises ``ModelError`` where their file is damaged."""
        return self._read(PREDICTIONS_FILE, read_predictions)

    def report(self) -> Report:
        """The report of its backtest; raises ``ModelError`` where its file is damaged."""
        return self._read(REPORT_FILE, read_report)

    def _read[T](self, file: str, read: Callable[[str], T]) -> T:
        try:
            return read((self.folder / file).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError, TouchlineError) as error:
            raise ModelError(f"{file} of {self.name} version {self.number} is damaged", "train again") from error


class Registry:
    """Models in MLflow at a tracking address."""

    def __init__(self, uri: str, files: Path) -> None:
        """Open the registry at ``uri``; a SQLite one keeps its files under ``files``."""
        self._uri = uri
        self._files = files
        self._client = _client(uri)

    def champion(self, league: str) -> Version | None:
        """The version that holds the alias ``champion``, with its files; None where there is none.

        Raises:
            ModelError: the registry does not answer, or the version's files cannot be had.
        """
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException

        _point_at(self._uri)
        name = registered_name(league)
        try:
            found = self._client.get_model_version_by_alias(name, CHAMPION)
        except MlflowException as error:
            if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
                return None
            reason = str(error.message).split(":", 1)[0][:200]
            raise ModelError(f"the registry does not answer ({reason})", "check MLFLOW_TRACKING_URI") from error
        try:
            folder = download_artifacts(f"models:/{name}/{found.version}", tracking_uri=self._uri)
        except (MlflowException, OSError) as error:
            raise ModelError(f"the files of {name} version {found.version} cannot be had", "train again") from error
        return Version(name, str(found.version), Path(folder) / "artifacts")

    def log(self, artifact: Artifact, result: Backtest) -> str:
        """Log a training as one run and register its model; returns the number of the new version.

        Raises:
            ModelError: it cannot be logged; no alias has moved.
        """
        from mlflow.exceptions import MlflowException

        try:
            return self._log(artifact, result)
        except (MlflowException, SQLAlchemyError, OSError) as error:
            reason = str(error).splitlines()[0][:200]
            fix = "check MLFLOW_TRACKING_URI and the disk, then train again"
            raise ModelError(f"the training could not be logged ({reason})", fix) from error

    def _log(self, artifact: Artifact, result: Backtest) -> str:
        import mlflow
        from mlflow.models import ModelSignature
        from mlflow.types import ColSpec, DataType, Schema

        own = [p for p in result.predictions() if p.model == artifact.settings.name]
        name = registered_name(artifact.league)
        signature = ModelSignature(
            inputs=Schema([ColSpec(DataType.string, column) for column in ("home", "away")]),
            outputs=Schema([ColSpec(DataType.double, column) for column in PYFUNC_COLUMNS]),
        )
        with _quiet(), self._run(artifact) as run, tempfile.TemporaryDirectory() as folder:
            files = {
                MODEL_FILE: artifact.dumps(),
                PREDICTIONS_FILE: predictions_csv(own),
                REPORT_FILE: report_json(result.report),
            }
            for file, text in files.items():
                (Path(folder) / file).write_text(text, encoding="utf-8")
            mlflow.log_params(
                {
                    "model": artifact.settings.name,
                    **artifact.settings.constants,
                    "backtest": f"{result.report.first}..{result.report.last}",
                }
            )
            mlflow.log_metrics(_metrics(result.report))
            logged = mlflow.pyfunc.log_model(
                name="model",
                python_model=str(Path(__file__).with_name("pyfunc_model.py")),
                artifacts={Path(file).stem: str(Path(folder) / file) for file in files},
                signature=signature,
                input_example=_example(artifact),
                pip_requirements=[f"touchline=={__version__}"],
                registered_model_name=name,
                await_registration_for=30,
            )
            number = str(logged.registered_model_version)
            self._client.set_model_version_tag(name, number, "run", run)
        if mlflow.models.get_model_info(f"models:/{name}/{number}").signature is None:
            raise ModelError(f"{name} version {number} was registered without its signature", "report this")
        return number

    def promote(self, league: str, number: str) -> None:
        """Give a version the alias ``champion``."""
        self._client.set_registered_model_alias(registered_name(league), CHAMPION, number)

    @contextmanager
    def _run(self, artifact: Artifact) -> Iterator[str]:
        """One MLflow run, its lineage in its tags."""
        import mlflow
        from mlflow.exceptions import MlflowException

        _point_at(self._uri)
        if self._client.get_experiment_by_name(EXPERIMENT) is None:
            local = self._uri.startswith("sqlite:")
            with suppress(MlflowException):  # another training may just have made it; if not, the next line says so
                self._client.create_experiment(
                    EXPERIMENT, (self._files / "mlflow").absolute().as_uri() if local else None
                )
        mlflow.set_experiment(EXPERIMENT)
        tags = {
            "league": artifact.league,
            "as_of": artifact.day.isoformat(),
            "data_hash": artifact.data_hash,
            "code_version": artifact.code_version,
        }
        with mlflow.start_run(run_name=f"{artifact.settings.name} {artifact.league} {artifact.day}", tags=tags) as run:
            yield run.info.run_id


PYFUNC_COLUMNS = ("p_home", "p_draw", "p_away", "home_goals", "away_goals")
"""What the pyfunc model returns for each row of ``home`` and ``away``."""


def registered_name(league: str) -> str:
    """The name of a league's model in the registry."""
    return f"touchline-{league}"


def _point_at(uri: str) -> None:
    """Make a registry the one that MLflow's module-level functions mean, and keep that out of the environment, where
    MLflow puts it and the next reading of the settings would take it for the user's wish.
    """
    import mlflow

    before = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    if before is None:
        os.environ.pop("MLFLOW_TRACKING_URI", None)
    else:
        os.environ["MLFLOW_TRACKING_URI"] = before


@contextmanager
def _quiet() -> Iterator[None]:
    """MLflow narrates on standard error and warns of what is meant; what goes wrong comes as an exception."""
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _metrics(report: Report) -> dict[str, float]:
    own = report.comparison.line(report.model)
    metrics = {f"{name}": value for name, value in own.scores.items()}
    metrics |= {f"{name}_error": value for name, value in own.errors.items()}
    line = {"calibration_slope": own.calibration.slope, "calibration_intercept": own.calibration.intercept}
    metrics |= {name: value for name, value in line.items() if value is not None}
    metrics |= {"matches": float(report.comparison.matches)}
    others = [line for line in report.comparison.lines if line.name != own.name]
    return metrics | {f"rps_of_{line.name}": line.scores["rps"] for line in others}


def _example(artifact: Artifact) -> Any:
    import pandas as pd

    home, away, *_ = artifact.fitted.teams
    return pd.DataFrame({"home": [home], "away": [away]})


def _client(uri: str) -> "MlflowClient":
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from mlflow.tracking import MlflowClient
    except ModuleNotFoundError as error:
        raise MissingExtraError("the model registry", "track") from error
    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    if not uri.startswith("sqlite:///"):
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
    return _embedded(MlflowClient, uri)


def _embedded(make: "type[MlflowClient]", uri: str) -> "MlflowClient":
    """A client of a SQLite registry, its tables made by one process while others wait.

    Raises:
        ModelError: the folder cannot be written, or the file is no registry.
    """
    from filelock import FileLock
    from mlflow.exceptions import MlflowException

    file = Path(uri.removeprefix("sqlite:///"))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock")):
            client = make(tracking_uri=uri, registry_uri=uri)
            client.search_registered_models(max_results=1)
    except OSError as error:
        raise ModelError(
            f"the registry {file} cannot be written ({error.strerror})",
            "set TOUCHLINE_HOME to a folder that can",
            field="home",
        ) from error
    except (MlflowException, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise ModelError(f"the registry {file} cannot be read ({reason})", "move it away and train again") from error
    return client
