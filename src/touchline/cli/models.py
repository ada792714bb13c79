"""Commands that judge, choose and train models."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from touchline.backtest.files import predictions_csv, report_json, write_text
from touchline.backtest.run import Backtest, Report, contenders
from touchline.backtest.run import backtest as run_backtest
from touchline.backtest.tune import GRIDS
from touchline.backtest.tune import tune as run_tune
from touchline.cli.common import AsOf, Json, LeagueOption, output, replay_note, settings
from touchline.domain.clock import Clock
from touchline.domain.errors import TouchlineError
from touchline.domain.leagues import League, parse_leagues
from touchline.domain.seasons import Season, season_range
from touchline.evaluation.compare import Line
from touchline.models.base import Model
from touchline.models.catalogue import MODELS, model_named
from touchline.models.dixon_coles import CHOSEN_ON, DixonColes
from touchline.store.database import open_store
from touchline.store.matches import history
from touchline.training.pipeline import BACKTEST_SEASONS, Training
from touchline.training.pipeline import train as run_train
from touchline.training.registry import Registry

ModelOption = Annotated[str, typer.Option("--model", help=f"One of {', '.join(MODELS)}.", metavar="NAME")]
From = Annotated[str, typer.Option("--from", help="The first season, such as 2021-2022.", metavar="SEASON")]
To = Annotated[str, typer.Option("--to", help="The last season.", metavar="SEASON")]
Xi = Annotated[float | None, typer.Option(help="Dixon–Coles: decay of a match's weight per day.")]
Ridge = Annotated[float | None, typer.Option(help="Dixon–Coles: precision of the prior on strengths.")]


def backtest(
    first: From,
    last: To,
    league: LeagueOption = "E0",
    model: ModelOption = "dixon-coles",
    xi: Xi = None,
    ridge: Ridge = None,
    predictions: Annotated[Path | None, typer.Option(help="Write every forecast to this CSV file.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Forecast past seasons match day by match day, beside baselines and the market."""
    del as_json
    division = _one_league(league)
    begin, end = _window(first, last)
    chosen = _model(model, xi, ridge)
    found = settings(as_of)
    replay_note(found.clock)
    engine = open_store(found.store_url)
    result = walk(engine, division, begin, end, chosen, found.clock)
    if predictions is not None:
        write_text(predictions, predictions_csv(result.predictions()))
    show(result.report)
    if predictions is not None:
        output.say(f"Predictions are in {predictions}.")


def tune(
    first: From,
    last: To,
    league: LeagueOption = "E0",
    model: ModelOption = "dixon-coles",
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Score a grid of constants on past seasons, the best first."""
    del as_json
    division = _one_league(league)
    begin, end = _window(first, last)
    if model not in GRIDS:
        raise TouchlineError(f"{model!r} has no constants to tune", f"use one of {', '.join(GRIDS)}", field="model")
    found = settings(as_of)
    replay_note(found.clock)
    table = history(open_store(found.store_url), division, found.clock.today)
    grid = GRIDS[model]
    with output.progress(f"Tuning {model}", len(grid)) as advance:
        trials = run_tune(grid, table, begin, end, advance)
    output.table(
        f"{model}, {division.code} {begin} to {end}",
        ("Constants", ">RPS", ">Log loss"),
        [(in_words(trial.model.constants), f"{trial.rps:.5f}", f"{trial.log_loss:.5f}") for trial in trials],
        [{"constants": dict(trial.model.constants), "rps": trial.rps, "log_loss": trial.log_loss} for trial in trials],
    )


def train(
    league: LeagueOption = "E0",
    model: ModelOption = "dixon-coles",
    first: Annotated[str | None, typer.Option("--from", help="The backtest's first season.", metavar="SEASON")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The backtest's last season.", metavar="SEASON")] = None,
    xi: Xi = None,
    ridge: Ridge = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Fit on all that is known, backtest, log to MLflow, and make it champion if it scores no worse."""
    del as_json
    division = _one_league(league)
    chosen = _model(model, xi, ridge)
    if (first is None) != (last is None):
        raise TouchlineError("only one end of the backtest is given", "give both --from and --to", field="from")
    window = _window(first, last) if first and last else None
    found = settings(as_of)
    replay_note(found.clock)
    registry = Registry(found.mlflow_uri, found.home)
    engine = open_store(found.store_url)
    done = train_shown(engine, registry, division, chosen, found.clock, window)
    if output.as_json:
        output.data(
            {
                "version": done.version,
                "champion": done.verdict.promote,
                "reason": done.verdict.reason,
                "data_hash": done.artifact.data_hash,
                "code_version": done.artifact.code_version,
                "backtest": json.loads(report_json(done.result.report)),
            }
        )
        return
    show(done.result.report)
    became = "is now the champion" if done.verdict.promote else "is not promoted"
    output.say(f"Version {done.version} of touchline-{division.code} {became}: {done.verdict.reason}.")


def train_shown(
    engine: Engine,
    registry: Registry,
    league: League,
    model: Model,
    clock: Clock,
    window: tuple[Season, Season] | None = None,
) -> Training:
    """Train under a progress bar."""
    seasons = len(season_range(*window)) if window else BACKTEST_SEASONS
    with output.progress("Backtesting", seasons * 380 * len(contenders(model))) as advance:
        return run_train(engine, registry, league, model, clock, window, advance)


def walk(engine: Engine, league: League, first: Season, last: Season, model: Model, clock: Clock) -> Backtest:
    """Backtest under a progress bar."""
    matches = len(season_range(first, last)) * 380 * len(contenders(model))
    with output.progress("Backtesting", matches) as advance:
        return run_backtest(engine, league, first, last, model, clock, advance)


def show(report: Report) -> None:
    """Print the table of a backtest."""
    comparison = report.comparison
    output.table(
        f"{report.league} {report.first} to {report.last}: {comparison.matches:,} of {comparison.asked:,} matches, "
        "each forecast once, by the last fit before its day",
        ("Forecaster", ">RPS", ">± se", ">minus model", ">± se", ">Log loss", ">Brier", ">Accuracy", ">Slope", ">ECE"),
        [_cells(line, comparison.reference) for line in sorted(comparison.lines, key=lambda x: x.scores["rps"])],
        json.loads(report_json(report)),
    )
    output.say(
        f"[dim]{report.model} with {in_words(report.constants)}. Lower is better, but for accuracy; "
        "a slope of 1 is calibrated.[/dim]"
    )
    for name, priced in report.left_out.items():
        output.say(f"[dim]{name} is left out: it prices {100 * priced:.0f} % of these matches.[/dim]")
    if report.constants == DixonColes().constants and Season.parse(report.first) <= CHOSEN_ON[1]:
        output.say(
            f"[dim]These constants are the best of {CHOSEN_ON[0]} to {CHOSEN_ON[1]}: a window that begins later judges "
            "them more fairly.[/dim]"
        )


def in_words(constants: Mapping[str, float]) -> str:
    """A model's constants in words."""
    return ", ".join(f"{name} {value:g}" for name, value in constants.items()) or "no constants"


def _cells(line: Line, reference: str) -> tuple[str, ...]:
    paired = ("", "") if line.name == reference else (f"{line.difference:+.4f}", f"{line.difference_error:.4f}")
    scores, bold = line.scores, line.name == reference
    cells = (
        line.name,
        f"{scores['rps']:.4f}",
        f"{line.errors['rps']:.4f}",
        *paired,
        f"{scores['log_loss']:.4f}",
        f"{scores['brier']:.4f}",
        f"{100 * scores['accuracy']:.1f} %",
        "–" if line.calibration.slope is None else f"{line.calibration.slope:.2f}",
        f"{line.calibration.expected_error:.3f}",
    )
    return tuple(f"[bold]{cell}[/bold]" if bold and cell else cell for cell in cells)


def _model(name: str, xi: float | None, ridge: float | None) -> Model:
    if xi is None and ridge is None:
        return model_named(name)
    if name != "dixon-coles":
        raise TouchlineError(f"{name} takes neither --xi nor --ridge", "leave them out", field="model")
    default = DixonColes()
    return DixonColes(default.xi if xi is None else xi, default.ridge if ridge is None else ridge)


def _one_league(code: str) -> League:
    found = parse_leagues(code)
    if len(found) > 1:
        raise TouchlineError(f"{code} names several leagues", "give one", field="league")
    return found[0]


def _window(first: str, last: str) -> tuple[Season, Season]:
    begin, end = Season.parse(first), Season.parse(last)
    season_range(begin, end)
    return begin, end
