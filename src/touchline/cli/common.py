"""What all commands share: their options, how they print, and how errors leave the program."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from touchline.config import Settings, load_settings
from touchline.domain.clock import Clock
from touchline.domain.errors import TouchlineError

EXIT_BAD_INPUT = 2


@dataclass
class Output:
    """Where results go: tables for people or JSON for machines, on standard output; all else on standard error."""

    as_json: bool = False
    people: Console = field(
        default_factory=lambda: Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    )
    aside: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def say(self, text: str) -> None:
        """Something beside the result, for people only."""
        if not self.as_json:
            self.people.print(text, soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], data: Any) -> None:
        """A result as a table, or its data as JSON; columns whose names begin with ``>`` are right-aligned."""
        if self.as_json:
            self.data(data)
            return
        self.people.print(f"[bold]{title}[/bold]", soft_wrap=True)
        shown = Table(header_style="bold", box=None, pad_edge=False)
        for column in columns:
            right = column.startswith(">")
            shown.add_column(column.removeprefix(">"), justify="right" if right else "left", no_wrap=True)
        for row in rows:
            shown.add_row(*row)
        self.people.print(shown)

    def data(self, data: Any) -> None:
        """JSON on standard output."""
        print(json.dumps(data, indent=1, ensure_ascii=False, default=str))

    def fail(self, error: TouchlineError) -> None:
        """One sentence on standard error, and with ``--json`` the same as data."""
        if self.as_json:
            self.data({"error": error.as_dict()})
        print(f"touchline: {error}", file=sys.stderr)

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """A progress bar on a terminal; yields what to call with each advance."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        hidden = self.as_json or not self.aside.is_terminal
        with Progress(*columns, console=self.aside, transient=True, disable=hidden) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.advance(task, done)


output = Output()
"""The output of this process."""


def _set_json(value: bool) -> bool:
    output.as_json = value
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TouchlineError(f"{text!r} is no day", "write it as 2025-02-14", field="as_of") from error


Json = Annotated[bool, typer.Option("--json", help="Print data for machines.", callback=_set_json, is_eager=True)]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", help="Stand on this day: later results are unknown.", parser=_day, metavar="DAY"),
]
LeagueOption = Annotated[str, typer.Option("--league", help="A division's code, such as E0.", metavar="CODE")]


def settings(as_of: date | None = None, **more: object) -> Settings:
    """The settings of this run, its options first."""
    return load_settings(as_of=as_of, **more)


def replay_note(clock: Clock) -> None:
    """Say that a run stands in the past, where it does."""
    if clock.is_replay:
        output.say(f"[dim]Replay: standing on {clock.today}; nothing from that day on is known.[/dim]")
