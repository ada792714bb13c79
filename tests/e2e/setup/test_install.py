"""``pip install touchline``: an analyst's part works without servers and clusters, and says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT
from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season
from touchline.ingest.sources.bundled import BundledSample

NOT_FOR_ANALYSTS = {"bentoml", "fastapi", "feast", "jax", "kubernetes", "lightgbm", "mlflow", "pymc", "ray", "xgboost"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment that holds the built wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("install")
    uv = ROOT / ".tools" / "uv"
    tool = str(uv) if uv.exists() else "uv"
    for command in (
        [tool, "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT)],
        [tool, "venv", "--quiet", "--python", sys.executable, str(folder / "env")],
    ):
        subprocess.run(command, check=True)
    [wheel] = folder.glob("*.whl")
    python = folder / "env" / "bin" / "python"
    subprocess.run([tool, "pip", "install", "--quiet", "--python", str(python), str(wheel)], check=True)
    return python.parent


def _run(folder: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "TOUCHLINE_HOME": str(home), "TOUCHLINE_MIRROR": str(home / "mirror")}
    command = [str(folder / "touchline"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=home)


def test_it_brings_what_an_analyst_wants_and_nothing_of_a_cluster(installed: Path) -> None:
    listing = "from importlib.metadata import distributions; print(*{d.name.lower() for d in distributions()})"
    names = subprocess.run(
        [installed / "python", "-c", listing], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"touchline", "numpy", "scipy", "sqlalchemy", "httpx"} <= set(names)
    assert not NOT_FOR_ANALYSTS & set(names)


def test_sync_and_backtest_work_outside_a_checkout(installed: Path, tmp_path: Path) -> None:
    sample = BundledSample()
    for address in sample.addresses([LEAGUES["E0"]], [Season(2022), Season(2023)]):
        path = tmp_path / "mirror" / "football-data" / "mmz4281" / address.season.code / "E0.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(sample.fetch(address).content)
    synced = _run(installed, tmp_path, "sync", "--league", "E0", "--seasons", "2022-2023..2023-2024")
    assert synced.returncode == 0, synced.stderr
    done = _run(installed, tmp_path, "backtest", "--from", "2023-2024", "--to", "2023-2024")
    assert done.returncode == 0, done.stderr
    assert "380 of 380" in done.stdout


@pytest.mark.parametrize(
    ("command", "extra"), [("fixtures", "track"), ("train", "track"), ("serve", "serve"), ("demo", "track")]
)
def test_a_command_whose_extra_is_missing_says_which(installed: Path, tmp_path: Path, command: str, extra: str) -> None:
    done = _run(installed, tmp_path, command)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"pip install 'touchline[{extra}" in done.stderr
