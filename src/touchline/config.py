"""Settings: from arguments, then ``TOUCHLINE_*`` variables, then ``touchline.toml`` in the data folder."""

import os
import tomllib
from datetime import date
from pathlib import Path

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from touchline.domain.clock import Clock
from touchline.domain.errors import TouchlineError

SETTINGS_FILE = "touchline.toml"


def default_home() -> Path:
    """The data folder where none is set: the platform's place for the data of a user's programs."""
    return user_data_path("touchline")


class Settings(BaseSettings):
    """Where touchline keeps things and where it stands in time."""

    model_config = SettingsConfigDict(env_prefix="TOUCHLINE_", env_ignore_empty=True, extra="ignore")

    home: Path = Field(default_factory=default_home)
    """The data folder of the embedded defaults."""
    database_url: SecretStr | None = None
    """PostgreSQL in place of the SQLite file; secret, since it may hold a password."""
    mirror: str | None = None
    """A folder or an http(s) base that holds copies of the providers' files, read in place of their sites."""
    as_of: date | None = None
    """The day on which to stand; unset, the present."""
    tracking_uri: str | None = Field(
        default=None, validation_alias=AliasChoices("MLFLOW_TRACKING_URI", "TOUCHLINE_TRACKING_URI", "tracking_uri")
    )
    """An MLflow server in place of the SQLite file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments beat variables, variables beat the file."""
        home = init_settings().get("home") or env_settings().get("home") or default_home()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(home) / SETTINGS_FILE)

    @property
    def clock(self) -> Clock:
        """The clock of this run."""
        return Clock(self.as_of)

    @property
    def store_url(self) -> str:
        """The SQLAlchemy address of the store."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home.absolute() / 'touchline.db'}"

    @property
    def mlflow_uri(self) -> str:
        """The address of the tracking server and registry."""
        return self.tracking_uri or f"sqlite:///{self.home.absolute() / 'mlflow.db'}"


def load_settings(**given: object) -> Settings:
    """The settings of this process; arguments that are not None come first.

    Raises:
        TouchlineError: a setting cannot be read; the message names it.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        _refuse_unknown(settings.home / SETTINGS_FILE)
        return settings
    except tomllib.TOMLDecodeError as error:
        raise TouchlineError(f"{SETTINGS_FILE} in the data folder cannot be read ({error})", "correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = name if name.isupper() else f"TOUCHLINE_{name.upper()}"
        raise TouchlineError(f"setting {shown} cannot be read ({first['msg']})", "correct it", field=name) from error


def unknown_variables() -> list[str]:
    """Variables that look like settings and are none: a slip of the pen that would otherwise go unnoticed."""
    known = {f"TOUCHLINE_{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith("TOUCHLINE_") and name not in known)


def _refuse_unknown(file: Path) -> None:
    if not file.exists():
        return
    unknown = tomllib.loads(file.read_text()).keys() - Settings.model_fields.keys()
    if unknown:
        names = ", ".join(Settings.model_fields)
        raise TouchlineError(f"{file.name} sets {min(unknown)!r}, which is no setting", f"use one of {names}")
