"""Forecasters side by side."""

from datetime import date, timedelta

import numpy as np
import pytest

from touchline.domain.errors import TouchlineError
from touchline.domain.table import MatchTable
from touchline.evaluation.bootstrap import mean_errors, week_blocks
from touchline.evaluation.compare import compare
from touchline.evaluation.scores import ranked_probability


def _matches(n: int = 200) -> MatchTable:
    rng = np.random.default_rng(3)
    rows = [
        (f"{i:03d}", 2000, date(2000, 8, 1) + timedelta(days=i), "X", "Y", int(rng.poisson(1.5)), int(rng.poisson(1.1)))
        for i in range(n)
    ]
    return MatchTable.from_rows(rows)


def test_the_error_of_a_difference_is_that_of_the_paired_difference() -> None:
    matches, rng = _matches(), np.random.default_rng(4)
    ours = rng.dirichlet([4, 2.5, 3], 200)
    theirs = 0.95 * ours + 0.05 / 3
    line = compare(matches, {"ours": ours, "theirs": theirs}, "ours").line("theirs")
    paired = ranked_probability(theirs, matches.outcome) - ranked_probability(ours, matches.outcome)
    assert line.difference == pytest.approx(paired.mean())
    assert line.difference_error == pytest.approx(mean_errors(paired[:, None], week_blocks(matches.day))[0])
    assert line.difference_error < 0.2 * line.errors["rps"]


def test_all_are_scored_on_what_all_of_them_cover() -> None:
    matches = _matches()
    ours, market = np.full((200, 3), 1 / 3), np.full((200, 3), 1 / 3)
    market[:50] = np.nan
    found = compare(matches, {"ours": ours, "market": market}, "ours")
    assert (found.matches, found.asked) == (150, 200)
    assert found.line("ours").scores == found.line("market").scores
    with pytest.raises(TouchlineError, match="no match"):
        compare(matches, {"ours": ours, "market": np.full((200, 3), np.nan)}, "ours")
