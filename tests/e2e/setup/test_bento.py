"""``bentoml build``: the bento installs by its own script into an empty environment and serves from there."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import ROOT, make
from tests.integration.serving.test_service import served
from touchline import __version__
from touchline.config import load_settings
from touchline.store.database import open_store
from touchline.training.demo import prepare


@pytest.fixture(scope="module")
def bento(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bento that ``make bento`` built."""
    home = tmp_path_factory.mktemp("bentoml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENTOML_HOME", str(home))
        patch.setenv("BENTOML_DO_NOT_TRACK", "1")
        done = make("bento")
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = (home / "bentos" / "touchline-predictor").glob("*/")
    return found


def test_the_bentofile_names_this_version() -> None:
    described = yaml.safe_load((ROOT / "bentos" / "predictor" / "bentofile.yaml").read_text())
    assert described["python"]["wheels"] == [f"./wheels/touchline-{__version__}-py3-none-any.whl"]


def test_it_installs_and_serves(bento: Path, tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", as_of=date(2025, 2, 14))
    engine = open_store(settings.store_url)
    prepare(engine, settings)
    engine.dispose()

    uv = ROOT / ".tools" / "uv"
    tool = Path(shutil.which("uv") or uv) if not uv.exists() else uv
    environment = tmp_path / "env"
    subprocess.run([tool, "venv", "--quiet", "--python", sys.executable, environment], check=True)
    path = f"{environment / 'bin'}:{tool.parent}:{os.environ['PATH']}"
    variables = os.environ | {"VIRTUAL_ENV": str(environment), "PATH": path}
    script = bento / "env" / "python" / "install.sh"
    done = subprocess.run(["bash", script], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    with served(settings.home, str(environment / "bin" / "bentoml"), "serve", str(bento)) as client:
        answer = client.post("/v1/predict", json={"home": "Arsenal", "away": "Chelsea"}).json()
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
        assert answer["replay"]["as_of"] == "2025-02-14"
