"""Divisions, named by the codes of football-data.co.uk."""

from dataclasses import dataclass

from touchline.domain.errors import TouchlineError


@dataclass(frozen=True, slots=True)
class League:
    """A division: its code, its name and its country."""

    code: str
    name: str
    country: str


LEAGUES = {
    code: League(code, name, country)
    for code, name, country in (
        ("E0", "Premier League", "England"),
        ("E1", "Championship", "England"),
        ("E2", "League One", "England"),
        ("E3", "League Two", "England"),
        ("EC", "National League", "England"),
        ("SC0", "Premiership", "Scotland"),
        ("SC1", "Championship", "Scotland"),
        ("SC2", "League One", "Scotland"),
        ("SC3", "League Two", "Scotland"),
        ("D1", "Bundesliga", "Germany"),
        ("D2", "2. Bundesliga", "Germany"),
        ("I1", "Serie A", "Italy"),
        ("I2", "Serie B", "Italy"),
        ("SP1", "La Liga", "Spain"),
        ("SP2", "Segunda División", "Spain"),
        ("F1", "Ligue 1", "France"),
        ("F2", "Ligue 2", "France"),
        ("N1", "Eredivisie", "Netherlands"),
        ("B1", "Pro League", "Belgium"),
        ("P1", "Primeira Liga", "Portugal"),
        ("T1", "Süper Lig", "Turkey"),
        ("G1", "Super League", "Greece"),
    )
}
"""Every division that a source of ours covers, by code."""


def parse_leagues(text: str) -> list[League]:
    """Leagues from a comma-separated list such as ``E0,SP1``, in the order given, each once.

    Raises:
        TouchlineError: a code is not known; the message lists those that are.
    """
    codes = list(dict.fromkeys(part.strip().upper() for part in text.split(",") if part.strip()))
    if not codes:
        raise TouchlineError("no league is named", f"give one or more of {', '.join(LEAGUES)}", field="league")
    for code in codes:
        if code not in LEAGUES:
            raise TouchlineError(
                f"league {code!r} is not known",
                f"use one of {', '.join(LEAGUES)}",
                field="league",
                candidates=[*LEAGUES],
            )
    return [LEAGUES[code] for code in codes]
