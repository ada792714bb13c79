"""The calibration plot as coordinates of an SVG; the template draws it in the page's colours."""

from dataclasses import dataclass

import numpy as np

from touchline.evaluation.calibration import Calibration

SIDE, LEFT, TOP = 300.0, 44.0, 12.0


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of the curve: where it stands, how large it is drawn, its error bar, and what it says."""

    x: float
    y: float
    radius: float
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The square of the plot, its ticks (pixel and label), its points."""

    side: float
    left: float
    top: float
    ticks: list[tuple[float, str]]
    points: list[Point]


def calibration_plot(curve: Calibration) -> Plot:
    """Points of a reliability curve with bars of two standard errors; the area of a point is its count."""
    points = []
    largest = max(curve.count)
    columns = zip(curve.forecast, curve.observed, curve.observed_se, curve.count, strict=True)
    for forecast, observed, standard_error, count in columns:
        error = 2 * (standard_error or 0.0)
        points.append(
            Point(
                x=LEFT + SIDE * forecast,
                y=TOP + SIDE * (1 - observed),
                radius=2.5 + 6 * float(np.sqrt(count / largest)),
                low=TOP + SIDE * (1 - max(observed - error, 0)),
                high=TOP + SIDE * (1 - min(observed + error, 1)),
                words=f"said {100 * forecast:.0f} %, happened {100 * observed:.0f} % of {count}",
            )
        )
    ticks = [(SIDE * share / 100, f"{share}") for share in range(0, 101, 20)]
    return Plot(SIDE, LEFT, TOP, ticks, points)
