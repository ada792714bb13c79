"""Numbers and days for readers, and the plot's geometry."""

from datetime import date

import pytest

from touchline.evaluation.calibration import Calibration
from touchline.serving.page import format as form
from touchline.serving.page.plot import LEFT, SIDE, TOP, calibration_plot


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([date(2025, 2, 14), date(2025, 2, 16)], "14–16 February 2025"),
        ([date(2025, 2, 14)], "14 February 2025"),
        ([date(2025, 1, 31), date(2025, 2, 2)], "31 January – 2 February 2025"),
        ([date(2024, 12, 30), date(2025, 1, 1)], "30 December 2024 – 1 January 2025"),
    ],
)
def test_spans_of_days(days: list[date], words: str) -> None:
    assert form.span(days) == words


def test_small_probabilities_are_not_written_as_nothing() -> None:
    assert [form.percent(p) for p in (0.0, 0.001, 0.005, 0.5)] == ["0 %", "<1 %", "0 %", "50 %"]


def test_differences_carry_a_real_minus() -> None:
    assert form.signed(-0.00123) == "−0.0012"


def test_the_plot_puts_the_curve_where_it_belongs() -> None:
    curve = Calibration(
        1, 0, 0, 0, 0, 0, forecast=(0.2, 1.0), observed=(0.5, 1.0), observed_se=(0.05, 0.1), count=(100, 25)
    )
    first, last = calibration_plot(curve).points
    assert (first.x, first.y) == pytest.approx((LEFT + 0.2 * SIDE, TOP + 0.5 * SIDE))
    assert (last.x, last.y) == pytest.approx((LEFT + SIDE, TOP))
    assert first.low - first.high == pytest.approx(SIDE * 4 * 0.05)
    assert first.radius > last.radius
