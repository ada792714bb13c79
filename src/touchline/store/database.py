"""Opening the store: the engine, its revision, and what to do when the two do not fit."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from touchline.domain.errors import MissingExtraError, StoreError

IMMEDIATE = "touchline_immediate"
"""The execution option that tells writing transactions on SQLite from reading ones."""


def connect(url: str) -> Engine:
    """An engine for a store address, whatever its revision.

    Raises:
        StoreError: the address cannot be read, or the data folder cannot be written.
        MissingExtraError: PostgreSQL is asked for and its driver is not installed.
    """
    try:
        address = make_url(url)
        if address.drivername in {"postgresql", "postgres"}:
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() == "sqlite" and address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            "the database address cannot be read",
            "write it as postgresql://user:password@host:5432/name",
            field="TOUCHLINE_DATABASE_URL",
        ) from error
    except ModuleNotFoundError as error:
        raise MissingExtraError("PostgreSQL", "postgres") from error
    except OSError as error:
        raise StoreError(
            f"the data folder cannot be written ({error.strerror})", "set TOUCHLINE_HOME to one that can", field="home"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: whole or not at all, migrations included.

    On SQLite it takes the write lock at once, so that a second writer waits for the first; one that begins as a reader
    would be refused when it comes to write.
    """
    with engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
        yield connection


def hold_lock(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds the lock of this name, and hold it to the end of this one.

    On SQLite there is nothing to do: the whole file has one writer.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def open_store(url: str) -> Engine:
    """An engine whose database stands at this version's revision.

    A SQLite file is brought there at once, for it belongs to one user; a server is only looked at, because others may
    be working on it with an older version.

    Raises:
        StoreError: the database is of another revision, or cannot be reached.
    """
    engine = connect(url)
    try:
        present, wanted = current(engine), head()
        if present != wanted and engine.dialect.name == "sqlite":
            upgrade(engine)
        elif present != wanted:
            raise StoreError(
                f"the database stands at revision {present or 'none'} and this version needs {wanted}",
                "run `touchline db upgrade`",
                field="TOUCHLINE_DATABASE_URL",
            )
    except StoreError:
        engine.dispose()
        raise
    return engine


def current(engine: Engine) -> str | None:
    """The revision of the database, None for an empty one.

    Raises:
        StoreError: it is newer than this version knows, or the database does not answer or is no database.
    """
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        if engine.dialect.name == "sqlite":
            raise StoreError(
                f"the database file {_shown(engine)} cannot be opened ({_reason(error)})",
                "see that the data folder can be written, or set TOUCHLINE_HOME",
                field="home",
            ) from error
        raise StoreError(
            f"the database {_shown(engine)} does not answer ({_reason(error)})",
            "start it or correct TOUCHLINE_DATABASE_URL",
            field="TOUCHLINE_DATABASE_URL",
        ) from error
    except DBAPIError as error:
        raise StoreError(
            f"{_shown(engine)} is not a database ({_reason(error)})", "move it away or set TOUCHLINE_HOME", field="home"
        ) from error
    if present is not None:
        try:
            ScriptDirectory.from_config(_config()).get_revision(present)
        except CommandError as error:
            raise StoreError(
                f"the database {_shown(engine)} stands at revision {present}, which is newer than this version knows",
                "upgrade touchline, or point it at another database",
                field="TOUCHLINE_DATABASE_URL",
            ) from error
    return present


def head() -> str:
    """The newest revision that this version knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("the package holds no migration")
    return newest


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the database to the newest revision; returns the revision before and after.

    Safe to run twice, to be killed half-way, and to be run by several at once: one migrates, the others wait and find
    nothing to do.
    """
    before = current(engine)
    with writing(engine) as connection:
        hold_lock(connection, "migration")
        command.upgrade(_config(connection), "head")
    return before, head()


def migrations_folder() -> Path:
    """Alembic's folder: inside the installed package, or at the top of a checkout."""
    packaged = Path(__file__).parents[1] / "_migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _shown(engine: Engine) -> str:
    """Where the database is, without anything that may be secret."""
    return f"{engine.url.host}/{engine.url.database}" if engine.url.host else str(engine.url.database)


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else "no reason given"


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Hold SQLite to foreign keys, let readers go on beside one writer, and wait for a lock.

    The driver's own transactions, which would commit before each change of a table, are turned off.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
