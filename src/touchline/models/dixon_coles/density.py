r"""The Dixon–Coles log-likelihood with its exact gradient and Hessian.

Goals of the home side (:math:`x`) and the away side (:math:`y`) in a match of :math:`i` at home to :math:`j` have

.. math:: P(x, y) = \tau(x, y) \, \mathrm{Poisson}(x; \lambda_{ij}) \, \mathrm{Poisson}(y; \mu_{ij}),
.. math:: \log\lambda_{ij} = c + h + \alpha_i - \beta_j, \qquad \log\mu_{ij} = c + \alpha_j - \beta_i,

with attack :math:`\alpha`, defence :math:`\beta` (higher is better), level :math:`c`, home advantage :math:`h`, and
:math:`\tau` = 1 - λμρ at 0–0, 1 + λρ at 0–1, 1 + μρ at 1–0, 1 - ρ at 1–1, and 1 elsewhere.

Source: Dixon, M. J. and Coles, S. G. (1997), Modelling association football scores and inefficiencies in the football
betting market, Applied Statistics 46, equations 4.2–4.3 (τ) and 4.6 (weights), with the rates in log-linear form.

The weighted likelihood needs of all matches only seven sums for each ordered pair of sides, so that its cost does not
grow with the number of seasons.
"""

from dataclasses import dataclass

import numpy as np

from touchline.domain.table import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class PairSums:
    """What the likelihood needs of the matches; each field has shape ``(teams, teams)``, home side by away side.

    ``weight`` is the sum of the weights; ``home_goals`` and ``away_goals`` are weighted sums of goals; ``nil_nil``,
    ``nil_one``, ``one_nil`` and ``one_one`` are the weights of the matches with those scores.
    """

    weight: FloatArray
    home_goals: FloatArray
    away_goals: FloatArray
    nil_nil: FloatArray
    nil_one: FloatArray
    one_nil: FloatArray
    one_one: FloatArray

    @classmethod
    def of(
        cls, teams: int, home: IntArray, away: IntArray, home_goals: IntArray, away_goals: IntArray, weight: FloatArray
    ) -> "PairSums":
        """The sums over matches given as columns of shape ``(n,)``; sides are numbers below ``teams``."""
        pair = home * teams + away

        def total(values: FloatArray) -> FloatArray:
            return np.bincount(pair, values, teams * teams).reshape(teams, teams)

        def at(x: int, y: int) -> FloatArray:
            return total(weight * ((home_goals == x) & (away_goals == y)))

        return cls(
            total(weight),
            total(weight * home_goals),
            total(weight * away_goals),
            at(0, 0),
            at(0, 1),
            at(1, 0),
            at(1, 1),
        )


@dataclass(frozen=True, slots=True)
class Parameters:
    """A point in the space of parameters; ``attack`` and ``defence`` have shape ``(teams,)``."""

    level: float
    home_advantage: float
    attack: FloatArray
    defence: FloatArray
    rho: float

    def vector(self) -> FloatArray:
        """All parameters in one vector: level, home advantage, attack, defence, rho."""
        return np.concatenate([[self.level, self.home_advantage], self.attack, self.defence, [self.rho]])

    @classmethod
    def of(cls, vector: FloatArray) -> "Parameters":
        """The inverse of ``vector``."""
        teams = (len(vector) - 3) // 2
        return cls(float(vector[0]), float(vector[1]), vector[2 : 2 + teams], vector[2 + teams : -1], float(vector[-1]))

    def rates(self) -> tuple[FloatArray, FloatArray]:
        """The expected goals of both sides without τ, each ``(teams, teams)``, home side by away side."""
        home = np.exp(self.level + self.home_advantage + self.attack[:, None] - self.defence[None, :])
        away = np.exp(self.level + self.attack[None, :] - self.defence[:, None])
        return home, away


def log_likelihood(parameters: Parameters, sums: PairSums) -> float:
    """The weighted log-likelihood without the factorials of goals, which no parameter changes; -inf outside rho's
    bounds for a pairing that was played.
    """
    home, away = parameters.rates()
    log_home, log_away = np.log(home), np.log(away)
    rho = parameters.rho
    poisson = sums.home_goals * log_home + sums.away_goals * log_away - sums.weight * (home + away)
    total = float(poisson.sum())
    for count, tau in (
        (sums.nil_nil, 1 - rho * home * away),
        (sums.nil_one, 1 + rho * home),
        (sums.one_nil, 1 + rho * away),
        (sums.one_one, np.full_like(home, 1 - rho)),
    ):
        seen = count > 0
        if bool((tau[seen] <= 0).any()):
            return -np.inf
        total += float(count[seen] @ np.log(tau[seen]))
    return total


def derivatives(parameters: Parameters, sums: PairSums) -> tuple[FloatArray, FloatArray]:
    """The gradient ``(p,)`` and the Hessian ``(p, p)`` of ``log_likelihood`` in the order of ``Parameters.vector``.

    With η = log λ and ζ = log μ, all second derivatives in (η, ζ, ρ) of log τ have the form ± its argument / τ².
    """
    home, away = parameters.rates()
    rho = parameters.rho
    both = home * away
    tau_nil, tau_nil_one, tau_one_nil = 1 - rho * both, 1 + rho * home, 1 + rho * away

    # First derivatives by the two log rates and rho, summed over the matches of each pair.
    shared = sums.nil_nil * rho * both / tau_nil
    by_home = sums.home_goals - sums.weight * home - shared + sums.nil_one * rho * home / tau_nil_one
    by_away = sums.away_goals - sums.weight * away - shared + sums.one_nil * rho * away / tau_one_nil
    by_rho = (
        -sums.nil_nil * both / tau_nil
        + sums.nil_one * home / tau_nil_one
        + sums.one_nil * away / tau_one_nil
        - sums.one_one / (1 - rho)
    )

    # Second derivatives of the same.
    cross = -sums.nil_nil * rho * both / tau_nil**2
    home_home = -sums.weight * home + cross + sums.nil_one * rho * home / tau_nil_one**2
    away_away = -sums.weight * away + cross + sums.one_nil * rho * away / tau_one_nil**2
    nil_rho = sums.nil_nil * both / tau_nil**2
    home_rho = -nil_rho + sums.nil_one * home / tau_nil_one**2
    away_rho = -nil_rho + sums.one_nil * away / tau_one_nil**2
    rho_rho = -(
        sums.nil_nil * (both / tau_nil) ** 2
        + sums.nil_one * (home / tau_nil_one) ** 2
        + sums.one_nil * (away / tau_one_nil) ** 2
        + sums.one_one / (1 - rho) ** 2
    )

    gradient = np.concatenate(
        [
            [by_home.sum() + by_away.sum(), by_home.sum()],
            by_home.sum(1) + by_away.sum(0),
            -by_home.sum(0) - by_away.sum(1),
            [by_rho.sum()],
        ]
    )
    return gradient, _hessian(home_home, away_away, cross, home_rho, away_rho, float(rho_rho.sum()))


def _hessian(
    home_home: FloatArray,
    away_away: FloatArray,
    cross: FloatArray,
    home_rho: FloatArray,
    away_rho: FloatArray,
    rho_rho: float,
) -> FloatArray:
    """The chain rule from the log rates of pairs to level, home advantage, attack and defence.

    The log rate of the home side contains level, home advantage, its attack and minus the other's defence; that of
    the away side level, its attack and minus the other's defence.
    """
    teams = len(home_home)
    hessian = np.zeros((2 * teams + 3, 2 * teams + 3))
    attack, defence = slice(2, 2 + teams), slice(2 + teams, 2 + 2 * teams)
    diagonal = np.arange(teams)
    through_home, through_away = home_home + cross, away_away + cross

    hessian[0, 0] = (through_home + through_away).sum()
    hessian[0, 1] = through_home.sum()
    hessian[1, 1] = home_home.sum()
    hessian[0, attack] = through_home.sum(1) + through_away.sum(0)
    hessian[0, defence] = -through_home.sum(0) - through_away.sum(1)
    hessian[1, attack] = home_home.sum(1) + cross.sum(0)
    hessian[1, defence] = -home_home.sum(0) - cross.sum(1)
    block = cross + cross.T
    block[diagonal, diagonal] += home_home.sum(1) + away_away.sum(0)
    hessian[attack, attack] = block
    block = -home_home - away_away.T
    block[diagonal, diagonal] -= cross.sum(1) + cross.sum(0)
    hessian[attack, defence] = block
    block = cross + cross.T
    block[diagonal, diagonal] += home_home.sum(0) + away_away.sum(1)
    hessian[defence, defence] = block
    hessian[0, -1] = (home_rho + away_rho).sum()
    hessian[1, -1] = home_rho.sum()
    hessian[attack, -1] = home_rho.sum(1) + away_rho.sum(0)
    hessian[defence, -1] = -home_rho.sum(0) - away_rho.sum(1)
    hessian[-1, -1] = rho_rho
    return np.triu(hessian) + np.triu(hessian, 1).T
