"""The bundled sample: what it is said to be."""

import hashlib
import re
from importlib.resources import files

from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season
from touchline.ingest.sources.bundled import FILE, BundledSample, read_sample

FOLDER = files("touchline.ingest.sources") / "sample"


def test_the_notice_states_licence_rows_and_hash() -> None:
    notice, text = (FOLDER / "NOTICE").read_text(), read_sample()
    assert "PDDL" in notice
    assert re.search(r"SHA-256.*: ([0-9a-f]{64})", notice)[1] == hashlib.sha256(text.encode()).hexdigest()
    assert int(re.search(r"Rows: +(\d+)", notice)[1]) == len(text.splitlines()) - 1 == 4940


def test_it_is_small() -> None:
    assert len((FOLDER / FILE).read_bytes()) < 400_000


def test_every_season_is_whole_and_no_row_is_refused() -> None:
    sample = BundledSample()
    assert sample.seasons == [Season(year) for year in range(2012, 2025)]
    for address in sample.addresses([LEAGUES["E0"]], sample.seasons):
        parsed = sample.parse(sample.fetch(address))
        assert not parsed.refusals
        assert len({row.key for row in parsed.rows}) == 380
        assert all(row.stats.keys() >= {"home_shots", "away_corners", "half_time_home_goals"} for row in parsed.rows)
