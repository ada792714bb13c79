"""Reading the CSV dialect that football-data.co.uk made common: one row a match, columns found by their header."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from touchline.domain.errors import SourceError
from touchline.domain.matches import MatchRow, Outcome
from touchline.domain.refusals import Refusal
from touchline.domain.teams import slug
from touchline.ingest.port import ParsedFile, Payload
from touchline.ingest.quality.checks import failures
from touchline.ingest.sources.odds_columns import OddsColumns

STAT_COLUMNS = {
    "half_time_home_goals": "HTHG",
    "half_time_away_goals": "HTAG",
    "home_shots": "HS",
    "away_shots": "AS",
    "home_shots_on_target": "HST",
    "away_shots_on_target": "AST",
    "home_corners": "HC",
    "away_corners": "AC",
    "home_fouls": "HF",
    "away_fouls": "AF",
    "home_yellow_cards": "HY",
    "away_yellow_cards": "AY",
    "home_red_cards": "HR",
    "away_red_cards": "AR",
}
REQUIRED = ("Date", "HomeTeam", "AwayTeam", "FTHG", "FTAG")
LONGEST_NAME = 80
DATE_FORMATS = ("%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d")
HOME_MEETINGS = {"SC0": 3, "SC1": 2, "SC2": 2, "SC3": 2, "G1": 2, "B1": 2}
"""How often a side may host another in one season, where that is more than once: leagues of four rounds and those
that split or play off after the regular rounds."""


class UnreadableError(ValueError):
    """A cell that does not hold what its column should."""

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check


def parse_results(payload: Payload) -> ParsedFile:
    """The matches of a results file.

    Cells beyond the header are dropped when they are empty or surplus odds (whole seasons have them); blank rows are
    no rows. A match refused leaves the others untouched.

    Raises:
        SourceError: the bytes are no such file, or its end is missing.
    """
    header, lines = _table(payload)
    odds = OddsColumns(header)
    league, today = payload.address.league, payload.fetched_at.date()
    meetings: dict[tuple[str, str], list[MatchRow]] = defaultdict(list)
    refusals: list[Refusal] = []
    for number, cells in lines:
        raw = ",".join(cells)
        cell = dict(zip(header, (value.strip() for value in cells), strict=False))
        stats, bad_values = _stats(cell)
        try:
            row = _match(payload, cell, stats)
        except UnreadableError as error:
            refusals.append(Refusal(number, error.check, str(error), raw))
            continue
        quotes, bad_prices = odds.read(cell)
        refusals += [Refusal(number, check, reason, raw, row=False) for check, reason in bad_values + bad_prices]
        found = list(failures(row, today))
        earlier = meetings[slug(row.home), slug(row.away)]
        most = HOME_MEETINGS.get(league.code, 1)
        if most == 1 and earlier and earlier[-1].home_goals is None:
            earlier.pop()  # it was postponed: this is the same match on its new day
        if row.date in {other.date for other in earlier} or len(earlier) >= most:
            found.append(("duplicate", f"{row.home} against {row.away} stands in the file already"))
        if found:
            refusals += [Refusal(number, check, reason, raw) for check, reason in found]
            continue
        earlier.append(replace(row, meeting=len(earlier) + 1, quotes=tuple(quotes)))
    rows = sorted((row for pair in meetings.values() for row in pair), key=lambda row: (row.date, row.key))
    return ParsedFile(payload, tuple(rows), tuple(refusals))


def _table(payload: Payload) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows that are not blank, with their line numbers."""
    name = payload.address.path
    text = _decode(payload.content)
    if "\x00" in text or text.lstrip()[:1] == "<":
        raise SourceError(f"{name} is not a CSV file", "fetch it again, or mend the mirror", field="file")
    try:
        records = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise SourceError(f"{name} cannot be read as CSV ({error})", "fetch it again, or mend the mirror") from error
    header = [name.strip() for name in records[0]] if records else []
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise SourceError(f"{name} has no column {missing[0]}", "fetch it again, or mend the mirror", field=missing[0])
    lines = [(i, cells) for i, cells in enumerate(records[1:], start=2) if any(value.strip() for value in cells)]
    if not lines:
        raise SourceError(f"{name} holds no match", "fetch it again, or mend the mirror", field="file")
    if not text.endswith("\n") and len(lines[-1][1]) < len(header):
        raise SourceError(f"{name} ends in the middle of a row", "fetch it again: it was cut short", field="file")
    return header, lines


def _decode(content: bytes) -> str:
    """UTF-8 with or without a byte-order mark, else cp1252, as older files are (bytes it lacks become U+FFFD)."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _stats(cell: Mapping[str, str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """What is counted beside the score, and the values refused: they cost the match nothing else."""
    stats: dict[str, int] = {}
    refused: list[tuple[str, str]] = []
    for name, column in STAT_COLUMNS.items():
        try:
            value = _count(cell, column)
        except UnreadableError as error:
            refused.append((error.check, str(error)))
        else:
            if value is not None:
                stats[name] = value
    return stats, refused


def _match(payload: Payload, cell: Mapping[str, str], stats: Mapping[str, int]) -> MatchRow:
    home, away = cell.get("HomeTeam", ""), cell.get("AwayTeam", "")
    if not home or not away:
        raise UnreadableError("team-missing", "a side has no name")
    for name in (home, away):
        if not slug(name) or len(name) > LONGEST_NAME:
            raise UnreadableError("team-unreadable", f"{name[:LONGEST_NAME]!r} cannot be a name")
    division = cell.get("Div", payload.address.league.code)
    if division != payload.address.league.code:
        raise UnreadableError("other-division", f"the row is of {division or 'no division'}")
    home_goals, away_goals = _count(cell, "FTHG"), _count(cell, "FTAG")
    if home_goals is not None and away_goals is not None and cell.get("FTR"):
        outcome = Outcome.of(home_goals, away_goals)
        if cell["FTR"] != outcome:
            raise UnreadableError("result-against-score", f"{home_goals}-{away_goals} is called {cell['FTR']}")
    return MatchRow(
        league=payload.address.league.code,
        season=payload.address.season,
        date=_date(cell["Date"]),
        home=home,
        away=away,
        home_goals=home_goals,
        away_goals=away_goals,
        kickoff=_time(cell.get("Time", "")),
        stats=stats,
    )


def _date(text: str) -> date:
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise UnreadableError("date-unreadable", f"{text!r} is no date")


def _time(text: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise UnreadableError("time-unreadable", f"{text!r} is no time") from error


def _count(cell: Mapping[str, str], column: str) -> int | None:
    """A whole number that is not negative; ``8.0`` is one, as some copies write it; None for an empty cell."""
    text = cell.get(column, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError as error:
        raise UnreadableError("number-unreadable", f"{column} is {text!r}") from error
    if not number.is_integer() or not 0 <= number <= 1000:
        raise UnreadableError("number-implausible", f"{column} is {text}")
    return int(number)
