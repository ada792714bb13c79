"""Commands that bring data in and look after the store."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from touchline.cli.common import EXIT_BAD_INPUT, Json, output, settings
from touchline.domain.leagues import parse_leagues
from touchline.domain.seasons import parse_seasons
from touchline.ingest.sources.football_data import FootballData
from touchline.ingest.sync import FileReport
from touchline.ingest.sync import sync as sync_files
from touchline.store.database import connect, current, head, open_store, upgrade
from touchline.store.quarantine import list_refusals

database = typer.Typer(help="Look after the database.", no_args_is_help=True)
quarantine = typer.Typer(help="What was refused, and why.", no_args_is_help=True)


def sync(
    league: Annotated[str, typer.Option(help="Divisions, such as E0,SP1.", metavar="CODES")],
    seasons: Annotated[str, typer.Option(help="Such as 2015-2016..2024-2025, or a list.", metavar="SEASONS")],
    mirror: Annotated[str | None, typer.Option(help="A folder or http(s) base to read in place of the site.")] = None,
    as_json: Json = False,
) -> None:
    """Bring results, statistics and odds of football-data.co.uk into the store."""
    del as_json
    leagues, years = parse_leagues(league), parse_seasons(seasons)
    found = settings(mirror=mirror)
    source = FootballData.from_settings(found.mirror, found.home / "cache")
    engine = open_store(found.store_url)
    reports: list[FileReport] = []
    with output.progress("Reading files", len(leagues) * len(years)) as advance:
        for report in sync_files(engine, source, leagues, years):
            reports.append(report)
            advance(1)
    rows = [_row(report) for report in reports]
    output.table(
        "football-data.co.uk",
        ("File", "From", ">New", ">Changed", ">Unchanged", ">Refused", ">Values refused", ">No longer listed", ""),
        [*rows, _total(reports)] if len(rows) > 1 else rows,
        {"source": source.name, "files": [_data(report) for report in reports]},
    )
    failed = [report.error for report in reports if report.error is not None]
    for error in failed:
        print(f"touchline: {error}", file=sys.stderr)
    if failed:
        raise typer.Exit(EXIT_BAD_INPUT)


@database.command("upgrade")
def upgrade_database(as_json: Json = False) -> None:
    """Bring the database to the revision that this version needs."""
    del as_json
    before, after = upgrade(connect(settings().store_url))
    words = f"The database is at revision {after}" + (", as it was." if before == after else f"; it was at {before}.")
    output.say(words) if not output.as_json else output.data({"before": before, "after": after})


@database.command("current")
def current_revision(as_json: Json = False) -> None:
    """Show the revision of the database and the one that this version needs."""
    del as_json
    present, wanted = current(connect(settings().store_url)), head()
    if output.as_json:
        output.data({"current": present, "head": wanted})
    else:
        output.say(f"The database is at revision {present or 'none'}; this version needs {wanted}.")


@quarantine.command("list")
def list_quarantine(as_json: Json = False) -> None:
    """List what was refused."""
    del as_json
    entries = list_refusals(open_store(settings().store_url))
    output.table(
        f"{len(entries)} in quarantine",
        ("League", "Season", ">Line", "Check", "Reason"),
        [(e.league, str(e.season), str(e.refusal.line), e.refusal.check, e.refusal.reason) for e in entries],
        [{"source": e.source, "league": e.league, "season": str(e.season), **asdict(e.refusal)} for e in entries],
    )


def _row(report: FileReport) -> tuple[str, ...]:
    if report.error is not None:
        return (report.label, "", "", "", "", "", "", "", "not read")
    return (report.label, report.origin, *(f"{number:,}" for number in _numbers(report)), "")


def _total(reports: list[FileReport]) -> tuple[str, ...]:
    sums = [sum(numbers) for numbers in zip(*map(_numbers, reports), strict=True)]
    return ("all", "", *(f"{number:,}" for number in sums), "")


def _numbers(report: FileReport) -> tuple[int, ...]:
    counts = report.counts
    refused = (report.refused_rows, report.refused_values)
    return (counts.new, counts.changed, counts.unchanged, *refused, counts.unlisted)


def _data(report: FileReport) -> dict[str, object]:
    return {
        "league": report.address.league.code,
        "season": str(report.address.season),
        "origin": report.origin,
        **asdict(report.counts),
        "refused": report.refused_rows,
        "values_refused": report.refused_values,
        "error": report.error.as_dict() if report.error else None,
    }
