"""Results files as they really are."""

from datetime import UTC, date, datetime, time

import pytest

from touchline.domain.errors import SourceError
from touchline.domain.leagues import LEAGUES
from touchline.domain.odds import Market, Moment, Quote
from touchline.domain.seasons import Season
from touchline.ingest.port import Address, ParsedFile, Payload
from touchline.ingest.sources.results_csv import parse_results

HEADER = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HS,AS"
ROW = "E0,16/08/2003,Arsenal,Everton,2,1,H,1,0,11,13"


def _parse(text: str | bytes, league: str = "E0", season: int = 2003, fetched: int = 2026) -> ParsedFile:
    content = text if isinstance(text, bytes) else text.encode()
    address = Address("test", LEAGUES[league], Season(season), f"{league}.csv")
    return parse_results(Payload(address, content, datetime(fetched, 8, 1, tzinfo=UTC), "mirror"))


def test_a_row_becomes_a_match() -> None:
    [row] = _parse(f"{HEADER}\n{ROW}\n").rows
    assert (row.date, row.home, row.away, row.home_goals, row.away_goals) == (
        date(2003, 8, 16),
        "Arsenal",
        "Everton",
        2,
        1,
    )
    assert row.stats == {"half_time_home_goals": 1, "half_time_away_goals": 0, "home_shots": 11, "away_shots": 13}


@pytest.mark.parametrize("written", ["16/08/03", "16/08/2003", "2003-08-16"])
def test_dates_come_in_three_forms(written: str) -> None:
    assert _parse(f"{HEADER}\n{ROW.replace('16/08/2003', written)}\n").rows[0].date == date(2003, 8, 16)


def test_byte_order_marks_blank_rows_and_cells_beyond_the_header_are_no_matter() -> None:
    text = f"\ufeff{HEADER}\r\n{ROW},1.4,3.8,8\r\n,,,,,,,,,,\r\n\r\n"
    parsed = _parse(text)
    assert len(parsed.rows) == 1
    assert not parsed.refusals


def test_files_that_are_not_utf8_are_cp1252() -> None:
    [row] = _parse(f"{HEADER}\n{ROW.replace('Everton', 'Köln')}\n".encode("cp1252")).rows
    assert row.away == "Köln"


def test_numbers_may_be_written_as_pandas_writes_them() -> None:
    [row] = _parse(f"{HEADER}\n{ROW.replace(',11,13', ',11.0,13.0')}\n").rows
    assert row.stats["home_shots"] == 11


def test_a_match_without_goals_is_a_fixture_and_may_lie_ahead() -> None:
    parsed = _parse(f"{HEADER},Time\nE0,16/08/2003,Arsenal,Everton,,,,,,,,20:45\n", fetched=2003)
    assert parsed.rows[0].home_goals is None
    assert parsed.rows[0].kickoff == time(20, 45)
    assert not parsed.refusals


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (ROW.replace("Arsenal", ""), "team-missing"),
        (ROW.replace("16/08/2003", "31/02/2003"), "date-unreadable"),
        (ROW.replace("16/08/2003", "16/08/2001"), "date-outside-season"),
        (ROW.replace(",2,1,H", ",two,1,H"), "number-unreadable"),
        (ROW.replace(",2,1,H", ",-2,1,A"), "number-implausible"),
        (ROW.replace(",2,1,H", ",,1,"), "one-score-missing"),
        (ROW.replace(",2,1,H", ",21,1,H"), "goals-implausible"),
        (ROW.replace(",2,1,H", ",2,1,A"), "result-against-score"),
        (ROW.replace("Everton", "Arsenal"), "same-side-twice"),
        (ROW.replace(",1,0,11", ",3,0,11"), "half-time-above-full-time"),
        (ROW.replace("E0,", "E1,"), "other-division"),
    ],
)
def test_a_bad_row_is_refused_by_name_with_its_text_and_the_others_stay(row: str, check: str) -> None:
    good = ROW.replace("Arsenal", "Fulham")
    parsed = _parse(f"{HEADER}\n{row}\n{good}\n")
    assert [r.home for r in parsed.rows] == ["Fulham"]
    [refusal] = parsed.refusals
    assert (refusal.check, refusal.line, refusal.raw, refusal.row) == (check, 2, row, True)
    assert refusal.reason


def test_a_score_after_the_day_of_fetching_is_refused() -> None:
    parsed = _parse(f"{HEADER}\n{ROW}\n", fetched=2003)
    assert parsed.refusals[0].check == "completed-in-future"


def test_a_bad_count_costs_the_match_nothing_else() -> None:
    parsed = _parse(f"{HEADER}\n{ROW.replace(',11,13', ',1.2,13')}\n")
    assert parsed.rows[0].stats.keys() == {"half_time_home_goals", "half_time_away_goals", "away_shots"}
    assert [(r.check, r.row) for r in parsed.refusals] == [("number-implausible", False)]


def test_a_second_meeting_is_a_duplicate_in_a_double_round_robin() -> None:
    later = ROW.replace("16/08/2003", "20/09/2003")
    parsed = _parse(f"{HEADER}\n{ROW}\n{later}\n")
    assert len(parsed.rows) == 1
    assert parsed.refusals[0].check == "duplicate"


def test_where_a_league_splits_second_meetings_are_matches() -> None:
    row = ROW.replace("E0", "SC0")
    later = row.replace("16/08/2003", "20/09/2003")
    parsed = _parse(f"{HEADER}\n{row}\n{later}\n{later}\n", league="SC0")
    assert [r.meeting for r in parsed.rows] == [1, 2]
    assert [r.check for r in parsed.refusals] == ["duplicate"]


def test_two_meetings_ahead_are_two_matches_where_a_league_has_them() -> None:
    ahead = "SC0,16/08/2003,Arsenal,Everton,,,,,,,"
    parsed = _parse(f"{HEADER}\n{ahead}\n{ahead.replace('16/08/2003', '20/09/2003')}\n", league="SC0")
    assert [(r.date.month, r.meeting) for r in parsed.rows] == [(8, 1), (9, 2)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE html><html>captcha</html>", "not a CSV"),
        ("", "no column Date"),
        ("Div,Date,HomeTeam,AwayTeam,FTHG\n", "no column FTAG"),
        (f"{HEADER}\n", "no match"),
        (f"{HEADER}\n{ROW}\nE0,17/08/2003,Ful", "middle of a row"),
        ("PK\x03\x04\x00\x00", "not a CSV"),
    ],
)
def test_what_is_no_results_file_is_refused_whole(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        _parse(text)


ODDS = "B365H,B365D,B365A,VCH,VCD,VCA,BbMx>2.5,BbMx<2.5,"
ODDS += "AHh,B365AHH,B365AHA,AHCh,B365CAHH,B365CAHA,PSH,PSD,PSA,PSCH,PSCD,PSCA"
PRICES = "1.4,3.8,8,1.44,4,7,1.8,2.05,-1.25,1.9,1.95,-1.5,2.0,1.85,1.41,3.9,8.1,1.38,4.1,8.6"


def test_odds_are_found_by_their_columns() -> None:
    [row] = _parse(f"{HEADER},{ODDS}\n{ROW},{PRICES}\n").rows
    assert set(row.quotes) == {
        Quote("B365", Moment.OPENING, Market.RESULT, 1.4, 8, 3.8),
        Quote("VC", Moment.OPENING, Market.RESULT, 1.44, 7, 4),  # not the closing odds of a book called V
        Quote("PS", Moment.OPENING, Market.RESULT, 1.41, 8.1, 3.9),
        Quote("PS", Moment.CLOSING, Market.RESULT, 1.38, 8.6, 4.1),
        Quote("Max", Moment.OPENING, Market.TOTAL, 1.8, 2.05, line=2.5),
        Quote("B365", Moment.OPENING, Market.HANDICAP, 1.9, 1.95, line=-1.25),
        Quote("B365", Moment.CLOSING, Market.HANDICAP, 2.0, 1.85, line=-1.5),
    }


def test_odds_of_the_years_before_2019() -> None:
    header = "BbAHh,BbMxAHH,BbMxAHA,BbAvAHH,BbAvAHA,P>2.5,P<2.5,PC>2.5,PC<2.5,B365AHH,B365AHA,B365AH"
    [row] = _parse(f"{HEADER},{header}\n{ROW},-0.5,2.0,1.9,1.95,1.85,1.8,2.1,1.7,2.2,1.9,2.0,-0.75\n").rows
    assert set(row.quotes) == {
        Quote("Max", Moment.OPENING, Market.HANDICAP, 2.0, 1.9, line=-0.5),
        Quote("Avg", Moment.OPENING, Market.HANDICAP, 1.95, 1.85, line=-0.5),
        Quote("B365", Moment.OPENING, Market.HANDICAP, 1.9, 2.0, line=-0.75),
        Quote("PS", Moment.OPENING, Market.TOTAL, 1.8, 2.1, line=2.5),
        Quote("PS", Moment.CLOSING, Market.TOTAL, 1.7, 2.2, line=2.5),
    }


def test_closing_odds_alone_are_closing_odds() -> None:
    [row] = _parse(f"{HEADER},PSCH,PSCD,PSCA\n{ROW},1.5,4.1,7\n").rows
    assert row.quotes == (Quote("PS", Moment.CLOSING, Market.RESULT, 1.5, 7.0, 4.1),)


@pytest.mark.parametrize(
    ("header", "cells", "check"),
    [
        ("AHh,B365AHH,B365AHA", "nan,1.9,1.95", "handicap-implausible"),
        ("AHh,B365AHH,B365AHA", "inf,1.9,1.95", "handicap-implausible"),
        ("PSH,PSD,PSA,PH,PD,PA", "1.5,4.1,7,1.6,4.0,6.5", "price-twice"),
    ],
)
def test_what_the_store_could_not_hold_is_refused_before_it(header: str, cells: str, check: str) -> None:
    parsed = _parse(f"{HEADER},{header}\n{ROW},{cells}\n")
    assert len(parsed.rows) == 1
    assert [(r.check, r.row) for r in parsed.refusals] == [(check, False)]


@pytest.mark.parametrize("name", ["!!!", "x" * 81, "東京"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    assert [r.check for r in _parse(f"{HEADER}\n{ROW.replace('Everton', name)}\n").refusals] == ["team-unreadable"]


def test_a_postponed_match_and_its_new_day_are_one_match() -> None:
    postponed = "E0,16/08/2003,Arsenal,Everton,,,,,,,"
    parsed = _parse(f"{HEADER}\n{postponed}\n{ROW.replace('16/08/2003', '20/09/2003')}\n")
    assert [(r.date, r.home_goals, r.meeting) for r in parsed.rows] == [(date(2003, 9, 20), 2, 1)]
    assert not parsed.refusals


@pytest.mark.parametrize(
    ("price", "check"),
    [
        ("0.277", "price-implausible"),
        ("0", "price-implausible"),
        ("5000", "price-implausible"),
        ("x", "price-unreadable"),
        ("", "price-missing"),
        ("nan", "price-implausible"),
    ],
)
def test_a_bad_price_is_refused_and_the_match_kept(price: str, check: str) -> None:
    parsed = _parse(f"{HEADER},B365H,B365D,B365A\n{ROW},{price},3.8,8\n")
    assert not parsed.rows[0].quotes
    assert [(r.check, r.row) for r in parsed.refusals] == [(check, False)]


def test_a_handicap_price_needs_its_handicap() -> None:
    parsed = _parse(f"{HEADER},LBAHH,LBAHA,LBAH\n{ROW},1.9,1.95,\n")
    assert [r.check for r in parsed.refusals] == ["handicap-missing"]
