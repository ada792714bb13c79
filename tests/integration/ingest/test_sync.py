"""Sync against real files over a folder and over real HTTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from tenacity import RetryCallState, Retrying

from tests.integration.ingest.mirror_server import Handler, running, serving
from touchline.domain.errors import NotFoundError, SourceError
from touchline.domain.leagues import LEAGUES, parse_leagues
from touchline.domain.seasons import Season, parse_seasons
from touchline.ingest import fetch
from touchline.ingest.fetch import Site
from touchline.ingest.sources.bundled import BundledSample
from touchline.ingest.sources.football_data import FootballData
from touchline.ingest.sync import FileReport, sync
from touchline.store.database import open_store
from touchline.store.quarantine import list_refusals
from touchline.store.tables import Base

E0 = [LEAGUES["E0"]]
SEASONS = [Season(2022), Season(2023)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mirror that holds two seasons of the bundled sample as football-data.co.uk lays them out."""
    sample = BundledSample()
    for address in sample.addresses(E0, SEASONS):
        path = tmp_path / "mirror" / "football-data" / "mmz4281" / address.season.code / "E0.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(sample.fetch(address).content)
    return tmp_path / "mirror"


@pytest.fixture
def http(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    """The same mirror over HTTP."""
    with serving(folder) as served:
        yield served


def _sync(store: Engine, mirror: str, cache: Path, seasons: list[Season] = SEASONS) -> list[FileReport]:
    return list(sync(store, FootballData.from_settings(mirror, cache), E0, seasons))


def _numbers(reports: list[FileReport]) -> list[tuple[int, int, int, int]]:
    return [(r.counts.new, r.counts.changed, r.counts.unchanged, r.refused_rows) for r in reports]


def test_a_folder_is_read_and_a_second_run_changes_nothing(store: Engine, folder: Path, tmp_path: Path) -> None:
    assert _numbers(_sync(store, str(folder), tmp_path / "c")) == [(380, 0, 0, 0)] * 2
    assert _numbers(_sync(store, f"file://{folder}", tmp_path / "c")) == [(0, 0, 380, 0)] * 2


def test_over_http_an_unchanged_file_is_not_sent_again(
    store: Engine, http: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    base, handler = http
    assert [r.origin for r in _sync(store, base, tmp_path / "c")] == ["mirror", "mirror"]
    assert [r.origin for r in _sync(store, base, tmp_path / "c")] == ["cache", "cache"]
    assert (handler.statuses[200], handler.statuses[304]) == (2, 2)

    path = folder / "football-data" / "mmz4281" / "2324" / "E0.csv"
    path.write_bytes(path.read_bytes().replace(b"Burnley,Man City,0,3,A", b"Burnley,Man City,0,4,A"))
    os.utime(path, (time.time() + 5, time.time() + 5))
    reports = _sync(store, base, tmp_path / "c")
    assert [r.origin for r in reports] == ["cache", "mirror"]
    assert _numbers(reports) == [(0, 0, 380, 0), (0, 1, 379, 0)]


def test_a_damaged_cache_is_fetched_anew(store: Engine, http: tuple[str, type[Handler]], tmp_path: Path) -> None:
    base, handler = http
    _sync(store, base, tmp_path / "c", SEASONS[:1])
    [kept] = (tmp_path / "c").rglob("E0.csv")
    kept.write_bytes(kept.read_bytes()[:1000])
    [report] = _sync(store, base, tmp_path / "c", SEASONS[:1])
    assert (report.error, report.origin, report.counts.unchanged) == (None, "mirror", 380)
    assert handler.statuses[304] == 0


def test_passing_trouble_is_retried(store: Engine, http: tuple[str, type[Handler]], tmp_path: Path) -> None:
    base, handler = http
    handler.trouble.extend([503, 429, 0])
    source = FootballData(Site(f"{base}/football-data", tmp_path / "c", first_pause=0.01))
    assert _numbers(list(sync(store, source, E0, SEASONS))) == [(380, 0, 0, 0)] * 2


def test_an_answer_that_may_be_cut_short_is_asked_for_again(store: Engine, folder: Path, tmp_path: Path) -> None:
    """Without a length nothing tells a whole answer from a part: such a part must not be kept for good."""
    whole = (folder / "football-data" / "mmz4281" / "2223" / "E0.csv").read_bytes()
    answers = [whole[:-30], whole]

    class Abrupt(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("If-None-Match"):
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("ETag", '"same"')
            self.end_headers()
            self.wfile.write(answers.pop(0))

        def log_message(self, *_: object) -> None:
            pass

    with running(Abrupt) as base:
        [first] = _sync(store, base, tmp_path / "c", SEASONS[:1])
        [second] = _sync(store, base, tmp_path / "c", SEASONS[:1])
    assert "middle of a row" in str(first.error)
    assert second.counts.new == 380


def test_an_endless_answer_is_cut_off(
    store: Engine, http: tuple[str, type[Handler]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 10_000)
    [report] = _sync(store, http[0], tmp_path / "c", SEASONS[:1])
    assert "longer than 10,000 bytes" in str(report.error)


def test_a_server_cannot_make_a_retry_wait_for_ever() -> None:
    asked: list[float] = []
    site = Site("http://127.0.0.1:9", Path("/nonexistent"))
    state = RetryCallState(Retrying(), None, (), {})
    state.set_exception((fetch.PassingError, fetch.PassingError("429", 86_400.0), None))  # type: ignore[arg-type]
    asked.append(site._pause(state))
    assert asked == [fetch.LONGEST_PAUSE]


def test_lasting_trouble_is_bounded_named_and_leaves_the_other_files_alone(
    store: Engine, http: tuple[str, type[Handler]], tmp_path: Path
) -> None:
    base, handler = http
    handler.trouble.extend([500] * 3)
    source = FootballData(Site(f"{base}/football-data", tmp_path / "c", attempts=3, first_pause=0.01))
    failed, fine = sync(store, source, E0, SEASONS)
    assert isinstance(failed.error, SourceError)
    assert "2223/E0.csv" in str(failed.error)
    assert "3 attempts" in str(failed.error)
    assert fine.counts.new == 380


@pytest.mark.parametrize(("status", "message"), [(403, "status 403"), (302, "redirects without end")])
def test_trouble_that_will_not_pass_is_not_retried(
    store: Engine, http: tuple[str, type[Handler]], tmp_path: Path, status: int, message: str
) -> None:
    base, handler = http
    handler.trouble.extend([status] * 50)
    [report] = _sync(store, base, tmp_path / "c", SEASONS[:1])
    assert message in str(report.error)


def test_a_season_that_is_not_there_is_named(
    store: Engine, http: tuple[str, type[Handler]], folder: Path, tmp_path: Path
) -> None:
    for mirror in (http[0], str(folder)):
        [report] = _sync(store, mirror, tmp_path / "c", [Season(1999)])
        assert isinstance(report.error, NotFoundError)
        assert "E0 1999-2000" in str(report.error)


def test_a_mirror_that_is_not_there_is_named(store: Engine, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="TOUCHLINE_MIRROR"):
        FootballData.from_settings(str(tmp_path / "nowhere"), tmp_path / "c")
    source = FootballData(Site("http://127.0.0.1:9/football-data", tmp_path / "c", attempts=2, first_pause=0.01))
    [report] = sync(store, source, E0, SEASONS[:1])
    assert "127.0.0.1:9" in str(report.error)


@pytest.mark.parametrize("damage", ["cut", "html", "half"])
def test_a_damaged_file_changes_nothing(store: Engine, folder: Path, tmp_path: Path, damage: str) -> None:
    _sync(store, str(folder), tmp_path / "c", SEASONS[:1])
    path = folder / "football-data" / "mmz4281" / "2223" / "E0.csv"
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes({"cut": whole[:-30], "html": b"<html>429</html>", "half": b"".join(lines[:150])}[damage])
    [report] = _sync(store, str(folder), tmp_path / "c", SEASONS[:1])
    assert isinstance(report.error, SourceError)
    path.write_bytes(whole)
    assert _numbers(_sync(store, str(folder), tmp_path / "c", SEASONS[:1])) == [(0, 0, 380, 0)]


def test_what_is_refused_is_in_quarantine_until_the_file_is_mended(store: Engine, folder: Path, tmp_path: Path) -> None:
    path = folder / "football-data" / "mmz4281" / "2223" / "E0.csv"
    whole = path.read_text()
    path.write_text(whole.replace("2022-08-05,Crystal Palace,Arsenal,0,2,A", "2022-08-05,Crystal Palace,Arsenal,0,2,H"))
    assert _numbers(_sync(store, str(folder), tmp_path / "c", SEASONS[:1])) == [(379, 0, 0, 1)]
    [entry] = list_refusals(store)
    assert (entry.refusal.check, entry.refusal.line) == ("result-against-score", 2)
    assert "Crystal Palace" in entry.refusal.raw
    path.write_text(whole)
    assert _numbers(_sync(store, str(folder), tmp_path / "c", SEASONS[:1])) == [(1, 0, 379, 0)]
    assert list_refusals(store) == []


def test_killed_at_any_moment_and_run_again_the_end_is_the_same(folder: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "touchline.cli.main",
        "sync",
        "--league",
        "E0",
        "--seasons",
        "2022-2023..2023-2024",
    ]

    def run(home: Path, kill_after: float | None) -> None:
        environment = os.environ | {"TOUCHLINE_HOME": str(home), "TOUCHLINE_MIRROR": str(folder)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if kill_after is None:
            assert process.wait(60) == 0
            return
        time.sleep(kill_after)
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    run(tmp_path / "clean", None)
    for i, moment in enumerate((0.8, 1.1, 1.4)):
        run(tmp_path / str(i), moment)
        run(tmp_path / str(i), None)
        assert _facts(tmp_path / str(i)) == _facts(tmp_path / "clean")


def _facts(home: Path) -> list[tuple[object, ...]]:
    """All rows, but for the times of fetching and the numbers that rows happened to get."""
    engine = open_store(f"sqlite:///{home / 'touchline.db'}")
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                *(
                    c
                    for c in Base.metadata.tables["matches"].columns
                    if c.name not in {"id", "fetched_at", "home_id", "away_id"}
                )
            )
        ).all()
    engine.dispose()
    return sorted(tuple(row) for row in rows)


@pytest.mark.mirror
def test_the_mirrors_big_five_have_every_match(tmp_path: Path, mirror: Path) -> None:
    """The counts that the data's description gives, and 380 matches from the ragged E0 2003-2004."""
    engine = open_store(f"sqlite:///{tmp_path / 'touchline.db'}")
    source = FootballData.from_settings(str(mirror), tmp_path / "c")
    totals: dict[str, int] = {}
    refused = values = 0
    for report in sync(engine, source, parse_leagues("E0,SP1,I1,D1,F1"), parse_seasons("2000-2001..2024-2025")):
        assert report.error is None
        code, season = report.address.league.code, report.address.season
        totals[code] = totals.get(code, 0) + report.counts.new
        refused, values = refused + report.refused_rows, values + report.refused_values
        if (code, season.start) in {("E0", 2003), ("F1", 2019)}:
            assert report.counts.new == {"E0": 380, "F1": 279}[code]
    assert totals == {"E0": 9500, "SP1": 9500, "I1": 9204, "D1": 7650, "F1": 9103}
    assert refused == 0
    checks = {entry.refusal.check for entry in list_refusals(engine)}
    assert values == len(list_refusals(engine))
    assert checks == {"price-missing", "price-implausible", "handicap-missing", "number-implausible"}
    engine.dispose()


@pytest.mark.mirror
def test_leagues_that_meet_more_than_twice_lose_no_match(tmp_path: Path, mirror: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'touchline.db'}")
    source = FootballData.from_settings(str(mirror), tmp_path / "c")
    reports = list(sync(engine, source, parse_leagues("SC0,G1,B1,T1"), parse_seasons("2019-2020..2021-2022")))
    assert sum(r.counts.new for r in reports) == 635 + 720 + 844 + 1106
    assert sum(r.refused_rows for r in reports) == 0
    engine.dispose()
