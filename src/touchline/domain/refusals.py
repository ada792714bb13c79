"""What was not taken over from a source, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that a check refused: where it stood, which check, why, and the text itself.

    ``row`` tells whether the whole match was refused; otherwise it was a price or a count of a match that was kept.
    """

    line: int
    check: str
    reason: str
    raw: str
    row: bool = True
