"""The command line: tables for people, data for machines, and one sentence with exit code 2 for bad input."""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import create_engine, text

from tests.integration.conftest import AS_OF
from touchline.cli import main as entry
from touchline.cli.common import output
from touchline.config import Settings
from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season
from touchline.ingest.sources.bundled import BundledSample
from touchline.training.demo import Prepared


class Done(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in this process as the installed one would run, in an empty data folder unless told otherwise."""
    monkeypatch.setenv("TOUCHLINE_HOME", str(tmp_path / "home"))

    def call(*arguments: str, **environment: str) -> Done:
        output.as_json = False
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["touchline", *arguments])
        code = 0
        try:
            entry.main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


@pytest.fixture
def mirror_folder(tmp_path: Path) -> Path:
    """A mirror of two seasons."""
    sample = BundledSample()
    for address in sample.addresses([LEAGUES["E0"]], [Season(2022), Season(2023)]):
        path = tmp_path / "mirror" / "football-data" / "mmz4281" / address.season.code / "E0.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(sample.fetch(address).content)
    return tmp_path / "mirror"


SYNC = ("sync", "--league", "E0", "--seasons", "2022-2023..2023-2024")


def test_sync_prints_rows_per_file_and_then_nothing_new(run: Run, mirror_folder: Path) -> None:
    first = run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    assert first.code == 0
    assert "E0 2022-2023" in first.out
    assert [line.split()[1:] for line in first.out.splitlines() if line.startswith("all")] == [
        ["760", "0", "0", "0", "0", "0"]
    ]
    files = json.loads(run(*SYNC, "--json").out)["files"]
    assert [(f["new"], f["changed"], f["unchanged"], f["refused"]) for f in files] == [(0, 0, 380, 0)] * 2


def test_backtest_prints_one_table_and_writes_every_prediction(run: Run, mirror_folder: Path, tmp_path: Path) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    file = tmp_path / "predictions.csv"
    command = ("backtest", "--league", "E0", "--from", "2023-2024", "--to", "2023-2024", "--predictions", str(file))
    done = run(*command)
    assert done.code == 0
    assert all(name in done.out for name in ("dixon-coles", "elo-logit", "base-rates", "380 of 380"))
    with file.open() as opened:
        rows = list(csv.DictReader(opened))
    assert list(rows[0]) == [
        "league",
        "season",
        "date",
        "home",
        "away",
        "model",
        "p_home",
        "p_draw",
        "p_away",
        "outcome",
    ]
    own = [row for row in rows if row["model"] == "dixon-coles"]
    assert len({(row["home"], row["away"]) for row in own}) == len(own) == 380
    assert all(abs(sum(float(row[f"p_{o}"]) for o in ("home", "draw", "away")) - 1) < 1e-9 for row in rows)
    data = json.loads(run(*command, "--json").out)
    assert data["model"] == "dixon-coles"
    assert {line["name"] for line in data["comparison"]["lines"]} == {"dixon-coles", "elo-logit", "base-rates"}


def test_a_backtest_as_of_a_day_ends_before_it(run: Run, mirror_folder: Path) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    window = ("--from", "2023-2024", "--to", "2023-2024")
    done = run("backtest", *window, "--as-of", "2023-10-01", "--json")
    assert 0 < json.loads(done.out)["comparison"]["matches"] < 70
    assert "Replay" in run("backtest", *window, "--as-of", "2023-10-01").out


def test_tune_ranks_its_grid(run: Run, mirror_folder: Path) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    done = run("tune", "--model", "elo-logit", "--from", "2023-2024", "--to", "2023-2024", "--json")
    scores = [trial["rps"] for trial in json.loads(done.out)]
    assert scores == sorted(scores)
    assert len(set(scores)) > 1


def test_fixtures_and_predict_show_the_champions_word(run: Run, demo: tuple[Settings, Prepared]) -> None:
    home = {"TOUCHLINE_HOME": str(demo[0].home)}  # the folder remembers its day
    done = run("fixtures", **home)
    assert done.code == 0
    assert "Replay: standing on 2025-02-14" in done.out
    assert done.out.count("14 Feb") + done.out.count("15 Feb") + done.out.count("16 Feb") == 10
    data = json.loads(run("fixtures", "--json", **home).out)
    assert data["replay"] is True
    assert data["as_of"] == AS_OF.isoformat()
    predicted = json.loads(run("predict", "Tottenham", "Man United", "--json", **home).out)
    assert any(f["probabilities"] == predicted["probabilities"] for f in data["fixtures"])
    assert "Tottenham v Man United" in run("predict", "Tottenham", "Man United", **home).out


def test_a_backtest_of_a_few_days_says_what_it_cannot_tell(run: Run, mirror_folder: Path) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    command = ("backtest", "--from", "2023-2024", "--to", "2023-2024", "--as-of", "2023-08-13")
    done = run(*command)
    assert done.code == 0, done.err
    calibration = json.loads(run(*command, "--json").out)["comparison"]["lines"][0]["calibration"]
    assert calibration["slope_se"] is None
    assert calibration["expected_error"] > 0


def test_an_error_in_a_worker_is_still_one_sentence(run: Run, mirror_folder: Path) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    done = run("tune", "--model", "elo-logit", "--from", "2022-2023", "--to", "2022-2023")
    assert done.code == 2
    assert done.err.startswith("touchline: there is no match before 2022-2023 to learn from: ")
    assert done.err.count("\n") == 1


def test_a_registry_that_is_none_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mlflow.db").write_text("this is no database, " * 100)
    done = run("fixtures")
    assert done.code == 2
    assert "mlflow.db cannot be read" in done.err
    assert done.err.count("\n") == 1


def test_a_home_that_cannot_be_made_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for command in (("fixtures",), ("db", "upgrade"), SYNC):
        done = run(*command, TOUCHLINE_HOME=str(tmp_path / "file" / "below"))
        assert done.code == 2
        assert "TOUCHLINE_HOME" in done.err


@pytest.mark.parametrize("xi", ["0.5", "1", "10", "1e300"])
def test_a_decay_that_forgets_everything_is_named_or_sane(run: Run, mirror_folder: Path, xi: str) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    done = run("backtest", "--from", "2023-2024", "--to", "2023-2024", "--xi", xi)
    assert done.code == 0 or (done.code == 2 and "xi" in done.err), done.err


def test_two_demos_at_once_both_end_well(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "touchline.cli.main", "demo", "--prepare"]
    environment = os.environ | {"TOUCHLINE_HOME": str(tmp_path / "both")}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)
    ]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()


def test_a_demo_moved_to_another_day_remembers_it(run: Run) -> None:
    assert run("demo", "--prepare").code == 0
    assert run("demo", "--prepare", "--as-of", "2025-01-01").code == 0
    done = run("fixtures")
    assert done.code == 0, done.err
    assert "standing on 2025-01-01" in done.out


def test_a_variable_that_is_no_setting_is_named(run: Run) -> None:
    done = run("db", "current", TOUCHLINE_ASOF="2020-01-01")
    assert done.code == 0
    assert "TOUCHLINE_ASOF is no setting" in done.err


def test_the_demo_keeps_to_a_folder_of_its_own(run: Run, mirror_folder: Path) -> None:
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    done = run("demo", "--prepare")
    assert done.code == 2
    assert "football-data.co.uk" in done.err
    assert "TOUCHLINE_HOME" in done.err
    done = run("demo", "--prepare", MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert done.code == 2
    assert "MLFLOW_TRACKING_URI" in done.err


def test_db_upgrade_and_current(run: Run) -> None:
    assert "none" in run("db", "current").out
    assert json.loads(run("db", "upgrade", "--json").out) == {"before": None, "after": "0001"}
    assert "as it was" in run("db", "upgrade").out
    assert json.loads(run("db", "current", "--json").out) == {"current": "0001", "head": "0001"}


def test_quarantine_list(run: Run, mirror_folder: Path) -> None:
    path = mirror_folder / "football-data" / "mmz4281" / "2223" / "E0.csv"
    path.write_text(path.read_text().replace("2022-08-05,Crystal Palace", "2029-08-05,Crystal Palace"))
    run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    done = run("quarantine", "list")
    assert "completed-in-future" in done.out or "date-outside-season" in done.out
    assert json.loads(run("quarantine", "list", "--json").out)[0]["line"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sync", "--league", "Q7", "--seasons", "2022-2023"), ("Q7", "E0")),
        (("sync", "--league", "E0", "--seasons", "2023-2024..2022-2023"), ("backwards",)),
        (("sync", "--league", "E0", "--seasons", "2023"), ("2024-2025",)),
        (
            ("sync", "--league", "E0", "--seasons", "2022-2023", "--mirror", "/no/such"),
            ("/no/such", "TOUCHLINE_MIRROR"),
        ),
        (("backtest", "--from", "2022-2023", "--to", "2021-2022"), ("backwards",)),
        (("backtest", "--from", "2022-2023", "--to", "2022-2023"), ("E0", "touchline sync")),
        (("backtest", "--from", "2022-2023", "--to", "2022-2023", "--model", "oracle"), ("oracle", "dixon-coles")),
        (("backtest", "--from", "2022-2023", "--to", "2022-2023", "--xi", "-1"), ("xi", "not negative")),
        (("predict", "A", "B", "--league", "SP1"), ("no champion of SP1", "touchline train --league SP1")),
        (("backtest", "--from", "2022-2023", "--to", "2022-2023", "--as-of", "soon"), ("soon", "2025-02-14")),
        (("backtest", "--from", "2022-2023", "--to", "2022-2023", "--as-of", "2999-01-01"), ("future",)),
        (("train", "--from", "2022-2023"), ("--to",)),
        (("fixtures",), ("no champion", "touchline train")),
        (("serve",), ("no champion", "touchline train")),
        (("stop",), ("no detached server", "touchline demo --detach")),
        (("tune", "--from", "2022-2023", "--to", "2022-2023", "--model", "base-rates"), ("no constants",)),
    ],
)
def test_bad_input_is_one_sentence_that_names_what_and_what_to_do(
    run: Run, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.err.startswith("touchline: ")
    assert done.err.count("\n") == 1
    assert all(word in done.err for word in words)
    assert "Traceback" not in done.err


def test_with_json_the_error_is_data_too(run: Run) -> None:
    done = run("sync", "--league", "Q7", "--seasons", "2022-2023", "--json")
    error = json.loads(done.out)["error"]
    assert (done.code, error["field"], error["kind"]) == (2, "league", "bad-input")
    assert error["what"] in done.err
    assert "E0" in error["candidates"]


@pytest.mark.parametrize(("keep", "words"), [(slice(None, -40), "middle of a row"), (slice(0, 20), "no column")])
def test_a_truncated_file_is_named_and_nothing_of_it_is_written(
    run: Run, mirror_folder: Path, keep: slice, words: str
) -> None:
    path = mirror_folder / "football-data" / "mmz4281" / "2324" / "E0.csv"
    path.write_bytes(path.read_bytes()[keep])
    done = run(*SYNC, TOUCHLINE_MIRROR=str(mirror_folder))
    assert done.code == 2
    assert "2324/E0.csv" in done.err
    assert words in done.err
    assert "not read" in done.out
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("all")] == ["380"]


def test_a_port_in_use_is_named(run: Run, demo: tuple[Settings, Prepared]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            done = run(command, "--port", port, TOUCHLINE_HOME=str(demo[0].home))
            assert done.code == 2
            assert port in done.err
            assert "--port" in done.err


def test_a_newer_database_is_named(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    engine = create_engine(f"sqlite:///{tmp_path / 'home' / 'touchline.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for command in (("db", "current"), ("db", "upgrade"), ("backtest", "--from", "2022-2023", "--to", "2022-2023")):
        done = run(*command)
        assert done.code == 2
        assert "9999" in done.err
        assert "upgrade touchline" in done.err


def test_a_damaged_model_is_named(run: Run, demo: tuple[Settings, Prepared], tmp_path: Path) -> None:
    home = tmp_path / "copy"
    shutil.copytree(demo[0].home, home)
    registry = create_engine(f"sqlite:///{home / 'mlflow.db'}")
    with registry.begin() as connection:  # the copy's registry must mean the copy's files
        for table, column in (
            ("logged_models", "artifact_location"),
            ("model_versions", "storage_location"),
            ("runs", "artifact_uri"),
        ):
            statement = f"UPDATE {table} SET {column} = replace({column}, :old, :new)"  # noqa: S608
            connection.execute(text(statement), {"old": str(demo[0].home), "new": str(home)})
    registry.dispose()
    assert run("fixtures", TOUCHLINE_HOME=str(home)).code == 0
    for file in (home / "mlflow").rglob("model.json"):
        file.write_text(file.read_text().replace('"rho": -0', '"rho": -1'))
    for command in (("fixtures",), ("serve", "--port", "0")):
        done = run(*command, TOUCHLINE_HOME=str(home))
        assert done.code == 2
    done = run("fixtures", TOUCHLINE_HOME=str(home))
    assert "model.json is damaged" in done.err
    assert "train again" in done.err


def test_a_setting_that_cannot_be_read_is_named(run: Run) -> None:
    done = run("fixtures", TOUCHLINE_AS_OF="yesterday")
    assert done.code == 2
    assert "TOUCHLINE_AS_OF" in done.err


def test_a_champion_from_the_future_is_not_used_in_a_replay(run: Run, demo: tuple[Settings, Prepared]) -> None:
    done = run("fixtures", "--as-of", "2024-12-01", TOUCHLINE_HOME=str(demo[0].home))
    assert done.code == 2
    assert "touchline train --league E0 --as-of 2024-12-01" in done.err


@pytest.mark.parametrize(
    ("missing", "command", "extra"),
    [("mlflow", ("fixtures",), "track"), ("bentoml", ("serve",), "serve"), ("psycopg", ("db", "current"), "postgres")],
)
def test_a_missing_extra_says_which_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: str, command: tuple[str, ...], extra: str
) -> None:
    gone = (missing, "touchline.serving.app", "touchline.serving.service")
    for name in [name for name in sys.modules if name.startswith(gone)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    done = run(*command, TOUCHLINE_DATABASE_URL="postgresql://x@127.0.0.1:1/x" if missing == "psycopg" else "")
    assert done.code == 2
    assert "pip install 'touchline[" in done.err
    assert extra in done.err
