"""Seasons, written ``2024-2025``."""

import re
from dataclasses import dataclass
from datetime import date

from touchline.domain.errors import TouchlineError


@dataclass(frozen=True, slots=True, order=True)
class Season:
    """A European season, from July of ``start`` to June of the next year, ordered by time."""

    start: int

    @classmethod
    def parse(cls, text: str) -> "Season":
        """A season from ``2024-2025``.

        Raises:
            TouchlineError: the text is not two years in a row.
        """
        found = re.fullmatch(r"(\d{4})-(\d{4})", text.strip())
        if found is None or int(found[2]) != int(found[1]) + 1 or not 1870 <= int(found[1]) <= 2100:
            raise TouchlineError(
                f"{text!r} is not a season", "write two years in a row, such as 2024-2025", field="season"
            )
        return cls(int(found[1]))

    def covers(self, day: date) -> bool:
        """Whether a match of this season may be played on ``day``.

        Wider than July to June: 2019-2020 ended in August 2020 and some leagues start in late June.
        """
        return date(self.start, 6, 15) <= day <= date(self.start + 1, 8, 31)

    @property
    def code(self) -> str:
        """The four digits that football-data.co.uk uses, ``2425`` for 2024-2025."""
        return f"{self.start % 100:02d}{(self.start + 1) % 100:02d}"

    def __str__(self) -> str:
        return f"{self.start}-{self.start + 1}"


def season_range(first: Season, last: Season) -> list[Season]:
    """All seasons from ``first`` to ``last``, both included.

    Raises:
        TouchlineError: ``last`` lies before ``first``.
    """
    if last < first:
        raise TouchlineError(
            f"the seasons run backwards, {first} comes after {last}", "put the earlier season first", field="seasons"
        )
    return [Season(year) for year in range(first.start, last.start + 1)]


def parse_seasons(text: str) -> list[Season]:
    """Seasons from one (``2024-2025``), a list (``2023-2024,2024-2025``) or a range (``2015-2016..2024-2025``)."""
    seasons: list[Season] = []
    for part in text.split(","):
        first, _, last = part.partition("..")
        seasons += season_range(Season.parse(first), Season.parse(last or first))
    return sorted(set(seasons))
