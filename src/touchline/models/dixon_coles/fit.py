"""The maximum of the penalised Dixon–Coles likelihood, by Newton's method with exact derivatives.

The objective is the log-likelihood minus ``ridge / 2`` times the squared distance of each attack and defence from its
prior mean. Level and home advantage are free, so the maximum has attacks that sum to the sum of their prior means,
likewise defences: with centred means both sum to zero. Without a ridge that direction is flat, and a term that is
zero where both sums are zero fixes it there.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from touchline.domain.errors import TouchlineError
from touchline.domain.table import BoolArray, FloatArray
from touchline.models.dixon_coles.density import PairSums, Parameters, derivatives, log_likelihood, rho_bounds

TOLERANCE = 1e-8
"""The fit has converged when no (free) component of the gradient exceeds this, per unit of weight."""
STEPS = 100
FARTHEST = 5.0
"""A parameter beyond this is on its way to infinity, where the slope dies out although there is no maximum."""
INSIDE = 0.98
"""Rho stays within this share of its bounds, so that no probability comes near zero."""


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
    objective = _Objective(sums, np.concatenate([attack_mean, defence_mean]), ridge)
    point = objective.inside(start.vector())
    value = objective.value(point)
    scale = float(sums.weight.sum())
    for step in range(STEPS):
        gradient, hessian, free = objective.slope(point)
        if float(np.abs(gradient[free]).max()) < TOLERANCE * scale and float(np.abs(point).max()) < FARTHEST:
            return Fit(Parameters.of(point), log_likelihood(Parameters.of(point), sums), step)
        direction = np.zeros_like(point)
        direction[free] = _uphill(gradient[free], hessian[np.ix_(free, free)])
        length = 1.0
        while True:
            candidate = objective.inside(point + length * direction)
            gained = objective.value(candidate)
            if gained > value or length < 1e-10:
                break
            length /= 2
        if gained <= value:  # no float lies higher: the gradient is rounding error
            return Fit(Parameters.of(point), log_likelihood(Parameters.of(point), sums), step)
        point, value = candidate, gained
    raise TouchlineError(
        f"the Dixon–Coles fit did not converge in {STEPS} steps", "give a ridge above 0 or more matches", field="ridge"
    )


class _Objective:
    """The penalised log-likelihood as a function of the parameter vector."""

    def __init__(self, sums: PairSums, mean: FloatArray, ridge: float) -> None:
        self._sums = sums
        self._mean = mean
        self._ridge = ridge
        self._teams = len(mean) // 2
        teams = self._teams
        self._penalty_hessian = np.zeros((2 * teams + 3, 2 * teams + 3))
        strengths = slice(2, 2 + 2 * teams)
        ones = np.zeros((2 * teams, 2 * teams))
        ones[:teams, :teams] = ones[teams:, teams:] = 1
        self._penalty_hessian[strengths, strengths] = ridge * np.eye(2 * teams) + ones

    def value(self, vector: FloatArray) -> float:
        """The objective."""
        strengths = vector[2:-1]
        sums = strengths[: self._teams].sum() ** 2 + strengths[self._teams :].sum() ** 2
        penalty = 0.5 * self._ridge * float(((strengths - self._mean) ** 2).sum()) + 0.5 * float(sums)
        return log_likelihood(Parameters.of(vector), self._sums) - penalty

    def slope(self, vector: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
        """The gradient, the Hessian, and which parameters are free: rho is not where it is pushed against a bound."""
        gradient, hessian = derivatives(Parameters.of(vector), self._sums)
        offset = vector.copy()
        offset[2:-1] -= self._mean
        gradient -= self._penalty_hessian @ offset
        hessian -= self._penalty_hessian
        lowest, highest = self._bounds(vector)
        free = np.ones(len(vector), dtype=np.bool_)
        free[-1] = not (
            (vector[-1] <= lowest * (1 - 1e-12) and gradient[-1] < 0)
            or (vector[-1] >= highest * (1 - 1e-12) and gradient[-1] > 0)
        )
        return gradient, hessian, free

    def inside(self, vector: FloatArray) -> FloatArray:
        """The same point with rho brought inside its bounds for all pairings of these sides."""
        lowest, highest = self._bounds(vector)
        moved = vector.copy()
        moved[-1] = min(max(moved[-1], lowest), highest)
        return moved

    def _bounds(self, vector: FloatArray) -> tuple[float, float]:
        lowest, highest = rho_bounds(*Parameters.of(vector).rates())
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
