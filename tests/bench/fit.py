"""How long a fit of two E0 seasons takes here and with penaltyblog, side by side in one run.

    make bench-fit

Both get the same matches (the bundled sample's last two seasons) and the same weights, and no ridge. They take turns,
so that whatever else the machine does touches both; the medians are compared. The last line is ``speedup=…``.
"""

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import penaltyblog

from touchline.domain.leagues import LEAGUES
from touchline.domain.seasons import Season
from touchline.ingest.sources.bundled import BundledSample
from touchline.ingest.sync import sync
from touchline.models.dixon_coles import DixonColes
from touchline.store.database import open_store
from touchline.store.matches import history

XI, DAY, TURNS = 0.0018, date(2025, 6, 1), 15


def main() -> None:
    """Print both medians, the likelihoods reached, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
        sample = BundledSample()
        for report in sync(engine, sample, [LEAGUES["E0"]], [Season(2023), Season(2024)]):
            assert report.error is None, report.error
        table = history(engine, LEAGUES["E0"], DAY)
        engine.dispose()
    names = [table.teams[i] for i in table.home], [table.teams[i] for i in table.away]
    weights = np.exp(-XI * (np.datetime64(DAY) - table.day).astype(float))
    model = DixonColes(xi=XI, ridge=0.0)

    ours_s, theirs_s = [], []
    for _ in range(TURNS):
        ours_s.append(_seconds(lambda: model.fit(table, DAY, Season(2024))))
        fresh = penaltyblog.models.DixonColesGoalModel(table.home_goals, table.away_goals, *names, weights)
        theirs_s.append(_seconds(fresh.fit))
    ours, other = statistics.median(ours_s), statistics.median(theirs_s)
    print(f"{len(table)} matches, {len(table.teams)} sides, median of {TURNS} fits each, taking turns")
    reached = model.fit(table, DAY, Season(2024)).log_likelihood
    print(f"touchline    {1000 * ours:8.2f} ms (log-likelihood {reached:.4f} without the factorials)")
    print(f"penaltyblog  {1000 * other:8.2f} ms (its own construction not counted)")
    print(f"speedup={other / ours:.1f}")


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)
    main()
