"""The store, the same on SQLite and on a real PostgreSQL."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from touchline.domain.errors import NotFoundError, StoreError, UnknownTeamError
from touchline.domain.leagues import LEAGUES
from touchline.domain.matches import MatchRow
from touchline.domain.odds import Market, Moment, Quote
from touchline.domain.refusals import Refusal
from touchline.domain.seasons import Season
from touchline.domain.teams import resolve_team
from touchline.store.database import connect, current, head, open_store, upgrade, writing
from touchline.store.matches import find_fixture, find_match, fixtures, history, recent_results, result_of, team_names
from touchline.store.odds import result_prices
from touchline.store.quarantine import list_refusals, replace_refusals
from touchline.store.tables import Base, MatchRecord, OddsRow
from touchline.store.writes import Counts, Provenance, write_matches

E0, SEASON = LEAGUES["E0"], Season(2024)
SOURCE = Provenance("test", "0" * 64, datetime(2025, 1, 1, tzinfo=UTC))
QUOTES = (
    Quote("B365", Moment.OPENING, Market.RESULT, 1.5, 7.0, 4.2),
    Quote("Avg", Moment.OPENING, Market.RESULT, 1.52, 6.9, 4.1),
    Quote("PS", Moment.CLOSING, Market.RESULT, 1.55, 6.5, 4.0),
    Quote("Avg", Moment.OPENING, Market.HANDICAP, 1.9, 1.95, line=-1.25),
)
ROWS = (
    MatchRow("E0", SEASON, date(2024, 8, 17), "Arsenal", "Wolves", 2, 0, stats={"home_shots": 18}, quotes=QUOTES),
    MatchRow("E0", SEASON, date(2024, 8, 18), "Brentford", "Crystal Palace", 2, 1),
    MatchRow("E0", SEASON, date(2025, 5, 25), "Wolves", "Arsenal"),
)


def _write(store: Engine, *rows: MatchRow) -> Counts:
    with store.begin() as connection:
        return write_matches(connection, E0, SEASON, rows, SOURCE)


def test_writing_twice_changes_nothing(store: Engine) -> None:
    assert _write(store, *ROWS) == Counts(new=3)
    before = _dump(store)
    assert _write(store, *ROWS) == Counts(unchanged=3)
    assert _dump(store) == before


def test_a_corrected_row_is_changed_with_its_odds(store: Engine) -> None:
    _write(store, *ROWS)
    corrected = replace(ROWS[0], home_goals=3, quotes=QUOTES[:1])
    assert _write(store, corrected, *ROWS[1:]) == Counts(changed=1, unchanged=2)
    assert history(store, E0, date(2025, 1, 1)).home_goals.tolist() == [3, 2]
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(OddsRow)).scalar() == 1


@pytest.mark.parametrize("price", [{"first": 1.51}, {"draw": 4.3}, {"second": 7.5}])
def test_a_price_that_moved_is_a_change(store: Engine, price: dict[str, float]) -> None:
    _write(store, *ROWS)
    moved = replace(ROWS[0], quotes=(replace(QUOTES[0], **price), *QUOTES[1:]))
    assert _write(store, moved, *ROWS[1:]) == Counts(changed=1, unchanged=2)


def test_matches_that_the_source_lists_no_more_stay_and_are_counted(store: Engine) -> None:
    _write(store, *ROWS)
    renamed = replace(ROWS[1], home="Brentford FC")
    assert _write(store, ROWS[0], renamed, ROWS[2]) == Counts(new=1, unchanged=2, unlisted=1)


def test_two_spellings_of_one_name_are_one_side(store: Engine) -> None:
    _write(store, replace(ROWS[0], home="St. Albans"))
    later = replace(ROWS[0], home="St Albans", season=Season(2023))
    with store.begin() as connection:
        assert write_matches(connection, E0, Season(2023), [later], SOURCE) == Counts(new=1)
    assert "St. Albans" in team_names(store, E0)
    assert "St Albans" not in team_names(store, E0)


def test_a_write_that_fails_leaves_nothing(store: Engine) -> None:
    with pytest.raises(IntegrityError):
        _write(store, ROWS[0], replace(ROWS[1], home_goals=-1))
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(MatchRecord)).scalar() == 0


@pytest.mark.parametrize(
    "broken", [{"home_goals": None}, {"away_id": 1}, {"meeting": 0}, {"home_goals": -1}, {"key": "E0-other"}]
)
def test_the_database_itself_holds_the_invariants(store: Engine, broken: dict[str, object]) -> None:
    _write(store, ROWS[0])
    with store.connect() as connection:
        row = dict(connection.execute(select(MatchRecord.__table__)).mappings().one())
    del row["id"]
    row |= {"key": "E0-again", "season": 2020}
    if "key" in broken:
        row |= {"season": 2024}  # the same identity under another key
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(insert(MatchRecord.__table__), row | broken)  # type: ignore[arg-type]


def test_history_ends_the_day_before(store: Engine) -> None:
    _write(store, *ROWS)
    assert history(store, E0, date(2024, 8, 18)).key == (ROWS[0].key,)
    assert len(history(store, E0, date(2026, 1, 1))) == 2
    with pytest.raises(NotFoundError, match="no match of E0"):
        history(store, E0, date(2024, 8, 17))


def test_from_a_day_on_all_matches_are_fixtures_without_a_result(store: Engine) -> None:
    _write(store, *ROWS)
    ahead = fixtures(store, E0, date(2024, 8, 18))
    assert [f.key for f in ahead] == [ROWS[1].key, ROWS[2].key]
    assert not hasattr(ahead[0], "home_goals")
    assert [f.key for f in fixtures(store, E0, date(2024, 8, 18), date(2024, 9, 1))] == [ROWS[1].key]


def test_one_match_and_its_later_truth(store: Engine) -> None:
    _write(store, *ROWS)
    assert find_match(store, ROWS[2].key).home == "Wolves"
    truth = result_of(store, ROWS[0].key)
    assert truth is not None
    assert (truth.home_goals, truth.outcome) == (2, "H")
    assert result_of(store, ROWS[2].key) is None
    assert [r.fixture.away for r in recent_results(store, "Wolves", date(2025, 1, 1))] == ["Wolves"]
    assert recent_results(store, "Wolves", date(2024, 8, 17)) == []
    with pytest.raises(NotFoundError, match="no-such"):
        find_match(store, "no-such")


def test_the_next_match_of_two_sides(store: Engine) -> None:
    _write(store, *ROWS)
    found = find_fixture(store, E0, "Wolves", "Arsenal", date(2024, 8, 18))
    assert found is not None
    assert found.key == ROWS[2].key
    assert find_fixture(store, E0, "Arsenal", "Wolves", date(2024, 8, 18)) is None


def test_prices_come_from_the_best_ranked_bookmaker(store: Engine) -> None:
    _write(store, *ROWS)
    keys = [ROWS[1].key, ROWS[0].key]
    opening = result_prices(store, E0, keys, Moment.OPENING)
    assert np.isnan(opening[0]).all()
    assert opening[1].tolist() == [1.52, 4.1, 6.9]
    assert result_prices(store, E0, keys, Moment.CLOSING)[1].tolist() == [1.55, 4.0, 6.5]


def test_teams_resolve_by_name_or_slug_and_strangers_get_the_nearest(store: Engine) -> None:
    _write(store, *ROWS)
    known = team_names(store, E0)
    assert (
        resolve_team(known, "crystal-palace", "home")
        == resolve_team(known, "CRYSTAL PALACE", "home")
        == "Crystal Palace"
    )
    with pytest.raises(UnknownTeamError, match="Arsenal") as caught:
        resolve_team(known, "Arsenl", "away")
    assert caught.value.field == "away"
    assert caught.value.candidates[0] == "Arsenal"


def test_sql_in_a_name_is_a_name(store: Engine) -> None:
    name = "'; DROP TABLE matches; --"
    _write(store, replace(ROWS[0], home=name))
    assert find_match(store, replace(ROWS[0], home=name).key).home == name


def test_the_quarantine_of_a_file_is_what_its_last_reading_refused(store: Engine) -> None:
    first = [Refusal(3, "duplicate", "twice", "E0,…"), Refusal(4, "price-missing", "empty", "E0,…", row=False)]
    for refusals in (first, first, first[:1]):
        with store.begin() as connection:
            replace_refusals(connection, E0, SEASON, refusals, SOURCE)
    assert [entry.refusal for entry in list_refusals(store)] == first[:1]


def test_migrations_make_what_the_tables_declare(store: Engine) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_up_twice_and_down(database_url: str) -> None:
    from alembic import command

    from touchline.store.database import _config

    engine = connect(database_url)
    assert current(engine) is None
    assert upgrade(engine) == (None, head())
    assert upgrade(engine) == (head(), head())
    with engine.begin() as connection:
        command.downgrade(_config(connection), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert current(engine) is None
    engine.dispose()


def test_a_newer_revision_is_refused_with_what_to_do(store: Engine, database_url: str) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer than this version knows"):
        open_store(database_url)


def test_a_server_is_not_migrated_behind_its_users_back(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        engine = open_store(database_url)
        assert current(engine) == head()
        engine.dispose()
        return
    with pytest.raises(StoreError, match="touchline db upgrade"):
        open_store(database_url)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match="does not answer") as caught:
        open_store("postgresql://user:hush@127.0.0.1:1/nothing")
    assert "hush" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("db") / "touchline.db"
    path.write_text("this is no database, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize("address", ["nonsense", "oracle9://x/y"])
def test_an_address_that_cannot_be_read_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(address)


def _dump(store: Engine) -> list[tuple[object, ...]]:
    with store.connect() as connection:
        return [
            tuple(row)
            for table in Base.metadata.sorted_tables
            for row in connection.execute(select(table).order_by(*table.primary_key.columns))
        ]


def test_several_may_migrate_at_once(database_url: str) -> None:
    program = "import sys; from touchline.store.database import connect, upgrade; upgrade(connect(sys.argv[1]))"
    started = [
        subprocess.Popen([sys.executable, "-c", program, database_url], stderr=subprocess.PIPE) for _ in range(4)
    ]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_a_migration_that_dies_half_way_leaves_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    engine = connect(database_url)
    made = op.create_table

    def die_at_matches(name: str, *columns: object, **options: object) -> object:
        if name == "matches":
            raise KeyboardInterrupt
        return made(name, *columns, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(op, "create_table", die_at_matches)
    with pytest.raises(KeyboardInterrupt):
        upgrade(engine)
    assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    assert upgrade(engine) == (None, head())
    engine.dispose()


def test_a_second_writer_waits_for_the_first(store: Engine) -> None:
    """Several syncs of one file at once, and of files that share a new side: none is refused, nothing is doubled."""

    def write(season: Season) -> Counts:
        with writing(store) as connection:
            row = replace(ROWS[0], season=season)
            found = write_matches(connection, E0, season, [row], SOURCE)
            time.sleep(0.2)
            return found

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(write, [SEASON, SEASON, SEASON, Season(2023)]))
    assert sum(c.new for c in counts) == 2
    assert sum(c.unchanged for c in counts) == 2
    assert len(_dump(store)) == 2 + 2 + 2 * len(QUOTES)  # sides, matches, prices
