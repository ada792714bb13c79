"""The maximum of the penalised Dixon–Coles likelihood, by Newton's method with exact derivatives.

The objective is the log-likelihood minus ``ridge / 2`` times the squared distance of each attack and defence from its
prior mean. Level and home advantage are free, so the maximum has attacks that sum to the sum of their prior means,
likewise defences: with centred means both sum to zero. Without a ridge that direction is flat, and a term that is
zero where both sums are zero fixes it there.

Rho must leave every score of every pairing of these sides a positive probability, whether the pairing was played or
not, and a pairing's bounds on rho move with its rates. A logarithmic barrier sees to it: each ordered pair counts as
a small part of a match at each of the four scores that τ corrects, in τ alone. The first part in ``BARRIERS`` moves
rho by far less than its standard error; where it is too little to keep Newton's method off the walls, which takes a
league of a few dozen matches, the next is tried.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from touchline.domain.errors import TouchlineError
from touchline.domain.table import FloatArray
from touchline.models.dixon_coles.density import PairSums, Parameters, derivatives, log_likelihood

TOLERANCE = 1e-8
"""The climb has ended when no component of the gradient exceeds this, per unit of weight."""
ROUNDING = 1e-6
"""Where no step leads higher, the gradient may be rounding error up to this, per unit of weight."""
STEPS = 200
BARRIERS = (1e-4, 1e-3, 1e-2)
LOWEST_RATE = 1e-6
"""Fewer goals than this expected in a match that was played: some parameter is on its way to infinity, where the slope
dies out although there is no maximum."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the maximum is, the log-likelihood there (without the penalties), and the barrier that it took."""

    parameters: Parameters
    log_likelihood: float
    barrier: float


def fit(sums: PairSums, attack_mean: FloatArray, defence_mean: FloatArray, ridge: float, start: Parameters) -> Fit:
    """Climb from ``start``, whose rho is 0, to the maximum; the prior means ``(teams,)`` each sum to zero.

    Raises:
        TouchlineError: there is no finite maximum (a side that never scored, and no ridge).
    """
    mean = np.concatenate([attack_mean, defence_mean])
    for barrier in BARRIERS:
        top = _climb(Objective(sums, mean, ridge, barrier), start.vector())
        if top is None:
            continue
        at, played = Parameters.of(top), sums.weight > 0
        if min(float(rate[played].min()) for rate in at.rates()) < LOWEST_RATE:
            break
        return Fit(at, log_likelihood(at, sums), barrier)
    raise TouchlineError(
        "the Dixon–Coles likelihood of these matches has no finite maximum",
        "give a larger ridge, a smaller xi or more matches",
        field="ridge",
    )


def _climb(objective: "Objective", point: FloatArray) -> FloatArray | None:
    """Newton's method from a point to the top of one objective; None where it does not arrive."""
    value = objective.value(point)
    for _ in range(STEPS):
        gradient, hessian = objective.slope(point)
        steepest = float(np.abs(gradient).max()) / objective.weight
        if steepest < TOLERANCE:
            return point
        direction = _uphill(gradient, hessian)
        length = 1.0
        while length > 1e-10:
            candidate = point + length * direction
            gained = objective.value(candidate)
            if gained > value:
                break
            length /= 2
        else:
            return point if steepest < ROUNDING else None
        point, value = candidate, gained
    return None


class Objective:
    """The penalised log-likelihood, barrier included, as a function of the parameter vector."""

    def __init__(self, sums: PairSums, mean: FloatArray, ridge: float, barrier: float) -> None:
        self.weight = float(sums.weight.sum())
        self._barred = replace(
            sums,
            nil_nil=sums.nil_nil + barrier,
            nil_one=sums.nil_one + barrier,
            one_nil=sums.one_nil + barrier,
            one_one=sums.one_one + barrier,
        )
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
        return log_likelihood(Parameters.of(vector), self._barred) - penalty

    def slope(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The gradient and the Hessian."""
        gradient, hessian = derivatives(Parameters.of(vector), self._barred)
        offset = vector.copy()
        offset[2:-1] -= self._mean
        return gradient - self._penalty_hessian @ offset, hessian - self._penalty_hessian


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
