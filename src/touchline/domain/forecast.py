"""What a model says of matches: outcome probabilities, and where it has goals the grid of every scoreline.

Every market is read off the grid, so all of them agree with one another.
"""

from dataclasses import dataclass

import numpy as np

from touchline.domain.errors import TouchlineError
from touchline.domain.table import FloatArray

SUM_TOLERANCE = 1e-6
"""How far a set of probabilities may be from summing to one before it is refused."""


@dataclass(frozen=True, slots=True)
class StakeShares:
    """What becomes of a stake on a line, in expectation: the shares won, given back and lost. They sum to 1."""

    win: float
    push: float
    lose: float

    @property
    def fair_odds(self) -> float:
        """The decimal odds at which the bet neither gains nor loses; infinite where it cannot win."""
        return 1 + self.lose / self.win if self.win > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class ScoreGrid:
    """``P[home_goals, away_goals]`` of one match, shape ``(goals + 1, goals + 1)``, summing to 1."""

    probabilities: FloatArray

    def __post_init__(self) -> None:
        grid = self.probabilities
        if grid.ndim != 2 or grid.shape[0] != grid.shape[1]:
            raise ValueError(f"a score grid is square, not of shape {grid.shape}")
        if bool((grid < 0).any()) or abs(float(grid.sum()) - 1) > SUM_TOLERANCE:
            raise ValueError("a score grid holds probabilities that sum to 1")

    @property
    def outcome(self) -> FloatArray:
        """Home win, draw and away win, shape ``(3,)``."""
        grid = self.probabilities
        return np.array([np.tril(grid, -1).sum(), np.trace(grid), np.triu(grid, 1).sum()])

    @property
    def expected_goals(self) -> tuple[float, float]:
        """The mean number of goals of the home and of the away side."""
        goals = np.arange(len(self.probabilities))
        return float(self.probabilities.sum(axis=1) @ goals), float(self.probabilities.sum(axis=0) @ goals)

    @property
    def both_to_score(self) -> float:
        """The probability that neither side stays without a goal."""
        return float(self.probabilities[1:, 1:].sum())

    def over(self, line: float) -> StakeShares:
        """A bet on more than ``line`` goals in all (2, 2.25, 2.5, …); see ``handicap`` for whole and quarter lines."""
        goals = np.arange(len(self.probabilities))
        return self._settle(goals[:, None] + goals[None, :], line)

    def under(self, line: float) -> StakeShares:
        """A bet on fewer than ``line`` goals in all."""
        over = self.over(line)
        return StakeShares(over.lose, over.push, over.win)

    def handicap(self, line: float) -> StakeShares:
        """A bet on the home side given ``line`` goals (-0.5: it must win; +0.25: half the stake at 0, half at +0.5).

        A whole line gives the stake back where the sides are level after it; a quarter line splits the stake evenly
        over the lines beside it.
        """
        goals = np.arange(len(self.probabilities))
        return self._settle(goals[:, None] - goals[None, :], -line)

    def likeliest(self, n: int = 5) -> list[tuple[int, int, float]]:
        """The ``n`` likeliest scores as ``(home goals, away goals, probability)``, the likeliest first."""
        order = np.argsort(-self.probabilities, axis=None, kind="stable")[:n]
        size = len(self.probabilities)
        return [(int(i) // size, int(i) % size, float(self.probabilities.flat[i])) for i in order]

    def _settle(self, quantity: np.ndarray, line: float) -> StakeShares:
        if abs(line * 4 - round(line * 4)) > 1e-9:
            raise TouchlineError(f"{line} is not a line", "give a multiple of a quarter goal", field="line")
        halves = (line - 0.25, line + 0.25) if round(line * 4) % 2 else (line,)
        win = float(np.mean([self.probabilities[quantity > half].sum() for half in halves]))
        push = float(np.mean([self.probabilities[quantity == half].sum() for half in halves]))
        return StakeShares(win, push, max(0.0, 1 - win - push))


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of ``n`` matches.

    ``outcome`` has shape ``(n, 3)``: home win, draw, away win, each row summing to 1.
    ``grids`` has shape ``(n, goals + 1, goals + 1)`` for a model of goals and is None for one of outcomes alone.
    """

    outcome: FloatArray
    grids: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.outcome.ndim != 2 or self.outcome.shape[1] != 3:
            raise ValueError(f"outcome probabilities have shape (n, 3), not {self.outcome.shape}")
        if not np.isfinite(self.outcome).all() or bool((self.outcome < 0).any()):
            raise ValueError("an outcome probability is negative or not finite")
        if len(self.outcome) and float(np.abs(self.outcome.sum(axis=1) - 1).max()) > SUM_TOLERANCE:
            raise ValueError("outcome probabilities must sum to 1")

    @classmethod
    def of_grids(cls, grids: FloatArray) -> "Forecast":
        """A forecast whose outcomes are read off score grids of shape ``(n, goals + 1, goals + 1)``."""
        goals = np.arange(grids.shape[1])
        margin = goals[:, None] - goals[None, :]
        outcome = np.stack([grids[:, margin > 0].sum(1), grids[:, margin == 0].sum(1), grids[:, margin < 0].sum(1)], 1)
        return cls(outcome, grids)
