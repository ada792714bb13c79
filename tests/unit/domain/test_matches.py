"""Matches, their keys, rounds and tables."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from touchline.domain.errors import TouchlineError
from touchline.domain.matches import Fixture, MatchRow, Outcome, coming_round
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.domain.teams import slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nott'm Forest", "nottm-forest"),
        ("M'gladbach", "mgladbach"),
        ("Atlético  Madrid", "atletico-madrid"),
        ("St. Etienne", "st-etienne"),
    ],
)
def test_a_slug_is_plain(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_the_key_has_no_date_and_tells_second_meetings() -> None:
    row = MatchRow("SC0", Season(2020), date(2020, 8, 1), "St Mirren", "Celtic")
    again = MatchRow("SC0", Season(2020), date(2021, 4, 1), "St Mirren", "Celtic", meeting=2)
    assert row.key == "SC0-2020-2021-st-mirren-celtic"
    assert again.key == "SC0-2020-2021-st-mirren-celtic-2"


@pytest.mark.parametrize(("score", "outcome"), [((2, 1), "H"), ((0, 0), "D"), ((1, 3), "A")])
def test_the_outcome_of_a_score(score: tuple[int, int], outcome: str) -> None:
    assert Outcome.of(*score) == outcome


def _fixture(day: int, home: str, away: str) -> Fixture:
    when = date(2025, 1, 1) + timedelta(days=day)
    return Fixture(f"{home}-{away}", "E0", Season(2024), when, None, home, away)


def test_the_coming_round_ends_before_a_side_plays_twice() -> None:
    ahead = [_fixture(3, "B", "D"), _fixture(0, "A", "B"), _fixture(1, "C", "D"), _fixture(4, "E", "F")]
    assert [f.key for f in coming_round(ahead)] == ["A-B", "C-D"]
    assert coming_round([]) == []


def _rows() -> list[tuple[str, int, date, str, str, int, int]]:
    return [
        ("b", 2024, date(2024, 8, 3), "Y", "X", 1, 1),
        ("a", 2024, date(2024, 8, 3), "Z", "W", 0, 2),
        ("c", 2023, date(2024, 5, 1), "X", "Z", 3, 1),
    ]


def test_a_table_is_in_order_of_day_whatever_the_order_given() -> None:
    table = MatchTable.from_rows(_rows())
    assert table.key == ("c", "a", "b")
    assert table.outcome.tolist() == [0, 2, 1]
    assert MatchTable.from_rows(_rows()[::-1]).fingerprint == table.fingerprint


def test_before_a_day_leaves_that_day_out_and_keeps_the_vocabulary() -> None:
    table = MatchTable.from_rows(_rows())
    assert table.before(date(2024, 8, 3)).key == ("c",)
    assert table.before(date(2024, 8, 4)).key == table.key
    assert table.before(date(2024, 8, 3)).teams == table.teams


def test_the_fingerprint_changes_with_a_score() -> None:
    changed = [(*row[:6], row[6] + (row[0] == "b")) for row in _rows()]
    assert MatchTable.from_rows(changed).fingerprint != MatchTable.from_rows(_rows()).fingerprint


def test_rows_out_of_order_are_a_defect() -> None:
    table = MatchTable.from_rows(_rows())
    with pytest.raises(ValueError, match="order"):
        table.take(np.array([2, 0]))


def test_a_frame_becomes_a_table() -> None:
    frame = pd.DataFrame(
        {
            "season": ["2023-2024", "2024-2025"],
            "date": ["2024-05-01", "2024-08-03"],
            "home": ["X", "Y"],
            "away": ["Y", "X"],
            "home_goals": [1, 0],
            "away_goals": [0, 0],
        }
    )
    table = MatchTable.from_pandas(frame)
    assert table.season.tolist() == [2023, 2024]
    assert table.outcome.tolist() == [0, 1]
    with pytest.raises(TouchlineError, match="'away_goals'") as caught:
        MatchTable.from_pandas(frame.drop(columns="away_goals"))
    assert caught.value.field == "away_goals"
    with pytest.raises(TouchlineError, match="no goals"):
        MatchTable.from_pandas(frame.assign(home_goals=[1, None]))
