"""No forecast of a day depends on anything of that day or later."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import simulated_league
from touchline.domain.seasons import Season
from touchline.domain.table import MatchTable
from touchline.evaluation.walkforward import folds, walk_forward
from touchline.models.base import Model
from touchline.models.base_rates import BaseRates
from touchline.models.dixon_coles import DixonColes
from touchline.models.elo_logit import EloLogit

TABLE, _ = simulated_league(11, teams=6, seasons=3)
FIRST, LAST = Season(2001), Season(2002)
DAYS = sorted({day for day in TABLE.day.tolist() if day >= date(2001, 8, 1)})
MODELS = [DixonColes(), EloLogit(), BaseRates()]
BASELINE = {model.name: walk_forward(model, TABLE, FIRST, LAST) for model in MODELS}


def _rows(table: MatchTable) -> list[tuple[str, int, date, str, str, int, int]]:
    names = table.teams
    return [
        (key, int(s), d, names[h], names[a], int(x), int(y))
        for key, s, d, h, a, x, y in zip(
            table.key,
            table.season,
            table.day.tolist(),
            table.home,
            table.away,
            table.home_goals,
            table.away_goals,
            strict=True,
        )
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_changing_anything_on_or_after_a_day_changes_no_forecast_of_it(model: Model, data: st.DataObject) -> None:
    day = data.draw(st.sampled_from(DAYS))
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    rows = []
    for row in _rows(TABLE):
        if row[2] < day:
            rows.append(row)
        elif row[2] == day:  # the fixtures of the day stay, their scores do not
            rows.append((*row[:5], int(rng.integers(0, 9)), int(rng.integers(0, 9))))
        elif rng.random() < 0.7:  # later matches vanish, change sides, score and name
            home, away = f"New {rng.integers(0, 3)}", row[4] if rng.random() < 0.5 else "Aaa first in order"
            rows.append((*row[:3], home, away, int(rng.integers(0, 9)), 0))
    rng.shuffle(rows)
    changed = MatchTable.from_rows(rows)
    place = {key: i for i, key in enumerate(BASELINE[model.name][0].key)}
    fold = next(f for f in folds(changed, FIRST, LAST) if f.day == day)
    names = changed.teams
    fitted = model.fit(fold.history, fold.day, fold.season)
    matches = fold.matches
    found = fitted.forecast([names[i] for i in matches.home], [names[i] for i in matches.away]).outcome
    expected = BASELINE[model.name][1][[place[key] for key in matches.key]]
    assert (found == expected).all()


def test_every_match_is_forecast_once_and_folds_do_not_overlap() -> None:
    inside = TABLE.season >= FIRST.start
    seen: list[str] = []
    last: date | None = None
    for fold in folds(TABLE, FIRST, LAST):
        assert last is None or fold.day > last
        assert (fold.history.day < np.datetime64(fold.day)).all()
        assert (fold.matches.day == np.datetime64(fold.day)).all()
        seen += fold.matches.key
        last = fold.day
    assert seen == [key for key, kept in zip(TABLE.key, inside, strict=True) if kept]


def test_the_property_would_catch_a_model_that_looks_ahead() -> None:
    """The same check on a model that is handed the whole table fails: the property has teeth."""

    class Peeking(DixonColes):
        def fit(self, history: MatchTable, day: date, season: Season):  # type: ignore[no-untyped-def]  # noqa: ANN202
            return super().fit(replace(TABLE, day=TABLE.day - np.timedelta64(1500, "D")), day, season)

    honest = BASELINE["dixon-coles"][1]
    assert (walk_forward(Peeking(), TABLE, FIRST, LAST)[1] != honest).any()
