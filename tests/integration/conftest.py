"""A data folder made ready once, as ``touchline demo`` does it."""

from datetime import date
from pathlib import Path

import pytest

from touchline.config import Settings, load_settings
from touchline.domain.clock import Clock
from touchline.store.database import open_store
from touchline.training.demo import Prepared, prepare

AS_OF = date(2025, 2, 14)
CLOCK = Clock(AS_OF)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Prepared]:
    """Settings of a folder with the sample in its store and a champion in its registry, standing on a day of 2025."""
    home = tmp_path_factory.mktemp("demo")
    settings = load_settings(home=home, as_of=AS_OF)
    engine = open_store(settings.store_url)
    ready = prepare(engine, settings)
    engine.dispose()
    return settings, ready


@pytest.fixture
def empty_home(tmp_path: Path) -> Settings:
    """Settings of a folder with nothing in it."""
    return load_settings(home=tmp_path / "home", as_of=AS_OF)
