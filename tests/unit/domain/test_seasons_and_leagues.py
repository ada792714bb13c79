"""Seasons, leagues and the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from touchline.domain.clock import Clock
from touchline.domain.errors import TouchlineError
from touchline.domain.leagues import parse_leagues
from touchline.domain.seasons import Season, parse_seasons


def test_a_season_is_two_years_in_a_row() -> None:
    season = Season.parse("1999-2000")
    assert (season.start, season.code, str(season)) == (1999, "9900", "1999-2000")


@pytest.mark.parametrize("text", ["2024", "2024-2026", "2025-2024", "24-25", "2024-25", "", "abcd-efgh"])
def test_what_is_no_season_is_refused_with_the_form_to_use(text: str) -> None:
    with pytest.raises(TouchlineError, match="2024-2025") as caught:
        Season.parse(text)
    assert caught.value.field == "season"


def test_seasons_come_as_ranges_lists_and_both() -> None:
    assert [s.start for s in parse_seasons("2022-2023..2024-2025")] == [2022, 2023, 2024]
    assert [s.start for s in parse_seasons("2024-2025,2019-2020..2020-2021,2019-2020")] == [2019, 2020, 2024]


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(TouchlineError, match="backwards"):
        parse_seasons("2024-2025..2015-2016")


def test_the_long_season_of_2020_covers_its_august() -> None:
    assert Season(2019).covers(date(2020, 8, 2))
    assert not Season(2019).covers(date(2020, 9, 12))


def test_leagues_are_known_by_code_in_any_case_once_each() -> None:
    assert [league.name for league in parse_leagues("sp1, E0,SP1")] == ["La Liga", "Premier League"]


@pytest.mark.parametrize("text", ["XX", "E0,XX", "", " , "])
def test_an_unknown_league_is_refused_with_those_that_are_known(text: str) -> None:
    with pytest.raises(TouchlineError, match="SP1") as caught:
        parse_leagues(text)
    assert caught.value.field == "league"


def test_a_clock_without_a_day_stands_in_the_present() -> None:
    clock = Clock()
    assert clock.today == datetime.now(UTC).date()
    assert not clock.is_replay


def test_a_clock_in_the_past_is_a_replay_and_one_in_the_future_is_refused() -> None:
    assert Clock(date(2025, 2, 14)).is_replay
    with pytest.raises(TouchlineError, match="future"):
        Clock(datetime.now(UTC).date() + timedelta(days=2))
