"""Whether a new model may take the champion's place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.backtest.run import Prediction
from touchline.evaluation.scores import ranked_probability

DIGITS = 5
"""Differences of mean RPS are judged as they are printed: one that vanishes there is none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to promote, why, and the mean RPS of the challenger less the champion's on the matches of both."""

    promote: bool
    reason: str
    matches: int = 0
    difference: float = 0.0


def judge(challenger: Sequence[Prediction], champion: Sequence[Prediction] | None) -> Verdict:
    """A challenger is promoted if it scores no worse (mean RPS) on the matches that both backtests forecast.

    Without a champion it is promoted; without a common match there is no evidence, and the champion stays.
    """
    if champion is None:
        return Verdict(True, "there was no champion")
    theirs = {(p.season, p.home, p.away, p.date): p for p in champion}
    pairs = [(p, theirs[k]) for p in challenger if (k := (p.season, p.home, p.away, p.date)) in theirs]
    if not pairs:
        return Verdict(False, "the two backtests share no match, so there is no evidence")
    difference = float(np.mean(_rps([new for new, _ in pairs]) - _rps([old for _, old in pairs])))
    promote = round(difference, DIGITS) <= 0
    words = "no worse than" if promote else "worse than"
    reason = f"RPS {difference:+.{DIGITS}f} against the champion on {len(pairs)} matches of both: {words} it"
    return Verdict(promote, reason, len(pairs), difference)


def _rps(predictions: Sequence[Prediction]) -> np.ndarray:
    probabilities = np.array([[p.p_home, p.p_draw, p.p_away] for p in predictions])
    return ranked_probability(probabilities, np.array(["HDA".index(p.outcome) for p in predictions]))
