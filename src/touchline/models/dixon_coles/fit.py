"""The maximum of the penalised Dixon–Coles likelihood, by Newton's method with exact derivatives.

The objective is the log-likelihood minus ``ridge / 2`` times the squared distance of each attack and defence from its
prior mean. Level and home advantage are free, so the maximum has attacks that sum to the sum of their prior means,
likewise defences: with centred means both sum to zero. Without a ridge that direction is flat, and a term that is
zero where both sums are zero fixes it there.

Rho must leave every score of every pairing of these sides a positive probability. Its bounds depend on the rates, so
they are held fixed while Newton climbs, renewed at the top, and the climb is repeated until they stay. Where rho lies
inside them, as in any league of some size, that is one climb; where it is pushed against one, the strengths are the
best for rho on that bound.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from touchline.domain.errors import TouchlineError
from touchline.domain.table import BoolArray, FloatArray
from touchline.models.dixon_coles.density import PairSums, Parameters, derivatives, log_likelihood, rho_bounds

TOLERANCE = 1e-8
"""A climb has ended when no free component of the gradient exceeds this, per unit of weight."""
ROUNDING = 1e-6
"""Where no step leads higher, the gradient may be rounding error up to this, per unit of weight."""
STEPS, RENEWALS = 100, 60
FARTHEST = 5.0
"""A parameter beyond this is on its way to infinity, where the slope dies out although there is no maximum."""
INSIDE = 0.98
"""Rho stays within this share of its bounds, so that no probability comes near zero."""
SETTLED = 1e-9


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the maximum is, the log-likelihood there (without the penalty) and the Newton steps it took."""

    parameters: Parameters
    log_likelihood: float
    steps: int


def fit(sums: PairSums, attack_mean: FloatArray, defence_mean: FloatArray, ridge: float, start: Parameters) -> Fit:
    """Climb from ``start`` to the maximum; the prior means have shape ``(teams,)`` and each sums to zero.

    Raises:
        TouchlineError: there is no finite maximum (a side that never scored, and no ridge).
    """
    objective = Objective(sums, np.concatenate([attack_mean, defence_mean]), ridge)
    point, steps = start.vector(), 0
    for _ in range(RENEWALS):
        bounds = _bounds(point)
        point, taken = _climb(objective, point, bounds)
        steps += taken
        renewed = _bounds(point)
        inside = renewed[0] < point[-1] < renewed[1]
        if (inside and bounds[0] < point[-1] < bounds[1]) or np.allclose(bounds, renewed, rtol=SETTLED, atol=0):
            return Fit(Parameters.of(point), log_likelihood(Parameters.of(point), sums), steps)
    raise _no_maximum()


class Objective:
    """The penalised log-likelihood as a function of the parameter vector."""

    def __init__(self, sums: PairSums, mean: FloatArray, ridge: float) -> None:
        self.weight = float(sums.weight.sum())
        self._sums = sums
        self._mean = mean
        self._ridge = ridge
        self._teams = teams = len(mean) // 2
        strengths = slice(2, 2 + 2 * teams)
        ones = np.zeros((2 * teams, 2 * teams))
        ones[:teams, :teams] = ones[teams:, teams:] = 1
        self._penalty_hessian = np.zeros((2 * teams + 3, 2 * teams + 3))
        self._penalty_hessian[strengths, strengths] = ridge * np.eye(2 * teams) + ones

    def value(self, vector: FloatArray) -> float:
        """The objective."""
        strengths = vector[2:-1]
        sums = strengths[: self._teams].sum() ** 2 + strengths[self._teams :].sum() ** 2
        penalty = 0.5 * self._ridge * float(((strengths - self._mean) ** 2).sum()) + 0.5 * float(sums)
        return log_likelihood(Parameters.of(vector), self._sums) - penalty

    def slope(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The gradient and the Hessian."""
        gradient, hessian = derivatives(Parameters.of(vector), self._sums)
        offset = vector.copy()
        offset[2:-1] -= self._mean
        return gradient - self._penalty_hessian @ offset, hessian - self._penalty_hessian


def _climb(objective: Objective, point: FloatArray, bounds: tuple[float, float]) -> tuple[FloatArray, int]:
    """Newton's method from a point to the top with rho between fixed bounds; the top and the steps to it."""
    point = _clipped(point, bounds)
    value = objective.value(point)
    for step in range(STEPS):
        gradient, hessian = objective.slope(point)
        free = _free(point, gradient, bounds)
        steepest = float(np.abs(gradient[free]).max()) / objective.weight
        if steepest < TOLERANCE and float(np.abs(point).max()) < FARTHEST:
            return point, step
        direction = np.zeros_like(point)
        direction[free] = _uphill(gradient[free], hessian[np.ix_(free, free)])
        length = 1.0
        while length > 1e-10:
            candidate = _clipped(point + length * direction, bounds)
            gained = objective.value(candidate)
            if gained > value:
                break
            length /= 2
        else:
            if steepest < ROUNDING and float(np.abs(point).max()) < FARTHEST:
                return point, step
            raise _no_maximum()
        point, value = candidate, gained
    raise _no_maximum()


def _free(point: FloatArray, gradient: FloatArray, bounds: tuple[float, float]) -> BoolArray:
    """Which parameters may move: rho may not where it stands on a bound and is pushed against it."""
    free = np.ones(len(point), dtype=np.bool_)
    lowest, highest = bounds
    free[-1] = not ((point[-1] <= lowest and gradient[-1] < 0) or (point[-1] >= highest and gradient[-1] > 0))
    return free


def _clipped(point: FloatArray, bounds: tuple[float, float]) -> FloatArray:
    moved = point.copy()
    moved[-1] = min(max(moved[-1], bounds[0]), bounds[1])
    return moved


def _bounds(point: FloatArray) -> tuple[float, float]:
    lowest, highest = rho_bounds(*Parameters.of(point).rates())
    return INSIDE * lowest, INSIDE * highest


def _uphill(gradient: FloatArray, hessian: FloatArray) -> FloatArray:
    """Newton's step, with growing damping where the Hessian is not negative definite; at most 1 in any component."""
    damping = 0.0
    for _ in range(60):
        try:
            factor = cho_factor(damping * np.eye(len(gradient)) - hessian)
        except LinAlgError:
            damping = max(1e-6 * float(np.abs(np.diag(hessian)).max()), 4 * damping)
            continue
        step = np.asarray(cho_solve(factor, gradient), dtype=np.float64)
        return step / max(1.0, float(np.abs(step).max()))
    raise TouchlineError("the Dixon–Coles likelihood is not finite", "check the goals and weights", field="history")


def _no_maximum() -> TouchlineError:
    return TouchlineError(
        "the Dixon–Coles likelihood of these matches has no finite maximum",
        "give a larger ridge or more matches",
        field="ridge",
    )
