"""Numbers and days as a reader wants them."""

import datetime as dt
from collections.abc import Sequence

import numpy as np


def percents(probabilities: Sequence[float], digits: int = 0) -> list[float]:
    """Percents with some decimals that sum to what the probabilities sum to, by largest remainders."""
    unit = 10**digits
    exact = 100 * unit * np.asarray(probabilities)
    floor = np.floor(exact)
    missing = round(float(exact.sum() - floor.sum()))
    for place in np.argsort(floor - exact, kind="stable")[:missing]:
        floor[place] += 1
    return [float(value) / unit for value in floor]


def percent(probability: float) -> str:
    """One probability: whole percents, ``<1`` for less than a half and not nothing."""
    return "<1 %" if 0 < probability < 0.005 else f"{100 * probability:.0f} %"


def long_day(day: dt.date) -> str:
    """``Saturday 15 February 2025``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_day(day: dt.date) -> str:
    """``15 Feb 2025``."""
    return f"{day.day} {day:%b %Y}"


def span(days: Sequence[dt.date]) -> str:
    """The days from the first to the last: ``14–16 February 2025``."""
    first, last = min(days), max(days)
    if first == last:
        return f"{first.day} {first:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} – {last.day} {last:%B %Y}"


def signed(number: float, digits: int = 4) -> str:
    """A difference with its sign, a real minus."""
    return f"{number:+.{digits}f}".replace("-", "−")
