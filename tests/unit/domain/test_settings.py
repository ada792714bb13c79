"""Settings: arguments, then variables, then the file in the data folder."""

from datetime import date
from pathlib import Path

import pytest

from touchline.config import load_settings
from touchline.domain.errors import TouchlineError


def test_the_embedded_defaults_live_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    assert settings.store_url == f"sqlite:///{tmp_path}/touchline.db"
    assert settings.mlflow_uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert not settings.clock.is_replay


def test_arguments_beat_variables_and_variables_beat_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "touchline.toml").write_text('as_of = 2020-01-01\nmirror = "/from/file"\n')
    monkeypatch.setenv("TOUCHLINE_HOME", str(tmp_path))
    assert load_settings().as_of == date(2020, 1, 1)
    monkeypatch.setenv("TOUCHLINE_AS_OF", "2021-01-01")
    assert load_settings().as_of == date(2021, 1, 1)
    assert load_settings(as_of=date(2022, 1, 1), mirror=None).as_of == date(2022, 1, 1)
    assert load_settings().mirror == "/from/file"


def test_an_empty_variable_is_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLINE_DATABASE_URL", "")
    assert load_settings(home=tmp_path).store_url.startswith("sqlite:")


def test_a_password_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLINE_DATABASE_URL", "postgresql://u:hush@db/touchline")
    settings = load_settings(home=tmp_path)
    assert "hush" not in repr(settings)
    assert "hush" not in settings.model_dump_json()
    assert "hush" in settings.store_url


def test_what_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLINE_AS_OF", "yesterday")
    with pytest.raises(TouchlineError, match="TOUCHLINE_AS_OF") as caught:
        load_settings(home=tmp_path)
    assert caught.value.field == "as_of"
    monkeypatch.delenv("TOUCHLINE_AS_OF")
    (tmp_path / "touchline.toml").write_text("as_of = yesterday\n")
    with pytest.raises(TouchlineError, match=r"touchline\.toml"):
        load_settings(home=tmp_path)
    (tmp_path / "touchline.toml").write_text("asof = 2020-01-01\n")
    with pytest.raises(TouchlineError, match="'asof', which is no setting"):
        load_settings(home=tmp_path)
