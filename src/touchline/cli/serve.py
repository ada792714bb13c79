"""Commands that show forecasts: in the terminal, on endpoints and page, and the demo of all of it."""

from datetime import date
from typing import Annotated

import typer
from pydantic import ValidationError

from touchline.cli.common import AsOf, Json, LeagueOption, output, replay_note, settings
from touchline.cli.models import show
from touchline.domain.errors import TouchlineError
from touchline.serving import server
from touchline.serving.forecaster import Forecaster
from touchline.serving.page.format import percents
from touchline.serving.replies import FixtureForecast, FullForecast, ModelInfo, OutcomeProbabilities, Question
from touchline.store.database import open_store
from touchline.training.demo import LEAGUE, prepare

DEMO_DAY = date(2025, 2, 14)
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="The address to listen on.")]


def fixtures(league: LeagueOption = "E0", as_of: AsOf = None, as_json: Json = False) -> None:
    """Show the coming round with its probabilities."""
    del as_json
    show_round(Forecaster.from_settings(settings(as_of), league), league)


def predict(
    home: Annotated[str, typer.Argument(help="The side at home.")],
    away: Annotated[str, typer.Argument(help="The side away.")],
    league: Annotated[str | None, typer.Option(help="A division's code, such as E0.", metavar="CODE")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Forecast one match."""
    del as_json
    forecaster = Forecaster.from_settings(settings(as_of), league)
    answer = forecaster.answer(_question(home, away, league))
    lineage(forecaster, answer.model)
    output.table(
        f"{answer.match.home} v {answer.match.away}" + (f", {answer.match.date}" if answer.match.date else ""),
        ("", ">"),
        _lines(answer),
        answer.model_dump(mode="json"),
    )


def _question(home: str, away: str, league: str | None) -> Question:
    try:
        return Question(match=None, home=home, away=away, league=league)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        raise TouchlineError(f"{field} cannot be read ({first['msg']})", "name a side", field=field) from error


def lineage(forecaster: Forecaster, model: ModelInfo) -> None:
    """Say for people what a forecast is made of, and that it is a replay or stale, where it is."""
    replay_note(forecaster.clock)
    stale = " It is stale: the store has results that it has not seen." if model.stale else ""
    output.say(
        f"[dim]{model.name} version {model.version}, fitted on the morning of {model.fitted_on} to "
        f"{model.matches:,} matches.{stale}[/dim]"
    )


def serve(host: Host = "127.0.0.1", port: Port = 3000, as_of: AsOf = None) -> None:
    """Serve the endpoints and the page from this process."""
    server.run(settings(as_of), host, port, lambda url: output.say(f"Serving on {url} (documents at {url}/docs)"))


def stop(as_json: Json = False) -> None:
    """End the server that `touchline demo --detach` left running."""
    del as_json
    number = server.stop(settings())
    output.data({"stopped": number}) if output.as_json else output.say(f"Stopped process {number}.")


def demo(
    host: Host = "127.0.0.1",
    port: Port = 3000,
    detach: Annotated[bool, typer.Option(help="Leave the server running and return.")] = False,
    only_prepare: Annotated[bool, typer.Option("--prepare", help="Only import and train; serve nothing.")] = False,
    as_of: AsOf = None,
) -> None:
    """Run the main job on the bundled sample: import, backtest, train, and serve the coming round."""
    found = settings()
    found = settings(as_of or found.as_of or DEMO_DAY)
    if not only_prepare:
        server.require_free(host, port)
    engine = open_store(found.store_url)
    with output.progress("Backtesting", None) as advance:
        ready = prepare(engine, found, advance)
    output.say(f"{ready.matches:,} real matches of {LEAGUE.name} are in the store; model version {ready.version}.")
    output.say(f"[dim]The data folder {found.home} stands on {found.clock.today}.[/dim]\n")
    show(ready.report)
    output.say("")
    show_round(Forecaster.from_settings(found, LEAGUE.code), LEAGUE.code)
    if only_prepare:
        return
    if detach:
        output.say(f"\nServing on {server.run_beside(found, host, port)} until `make stop` (or `touchline stop`).")
    else:
        server.run(found, host, port, lambda url: output.say(f"\nServing on {url} until Ctrl-C."))


def show_round(forecaster: Forecaster, code: str) -> None:
    """Print the coming round of a league."""
    league = forecaster.league(code)
    model = forecaster.model(league)
    lineage(forecaster, model)
    coming = forecaster.coming(league)
    if not coming and not output.as_json:
        output.say("No fixture is known: the files read so far list played matches. Try `touchline predict HOME AWAY`.")
        return
    output.table(
        f"{league.name}, the coming round",
        ("Day", "Home", "Away", ">Home win", ">Draw", ">Away win", ">Expected goals"),
        [_row(forecast) for forecast in coming],
        {
            "league": league.code,
            "as_of": forecaster.clock.today.isoformat(),
            "replay": forecaster.clock.is_replay,
            "model": model.model_dump(mode="json"),
            "fixtures": [forecast.model_dump(mode="json") for forecast in coming],
        },
    )


def _row(forecast: FixtureForecast) -> tuple[str, ...]:
    match, p, goals = forecast.match, forecast.probabilities, forecast.expected_goals
    day = f"{match.date:%a %d %b}" if match.date else ""
    shown = _shares(p)
    return (day, match.home, match.away, *shown, f"{goals.home:.2f}–{goals.away:.2f}")


def _shares(p: OutcomeProbabilities) -> list[str]:
    return [f"{share:.1f} %" for share in percents([p.home, p.draw, p.away], digits=1)]


def _lines(answer: FullForecast) -> list[tuple[str, str]]:
    p, goals, markets = answer.probabilities, answer.expected_goals, answer.markets
    return [
        *zip((answer.match.home, "Draw", answer.match.away), _shares(p), strict=True),
        ("Expected goals", f"{goals.home:.2f}–{goals.away:.2f}"),
        *((f"More than {line.line} goals", f"{100 * line.win:.1f} %") for line in markets.over),
        ("Both score", f"{100 * markets.both_to_score:.1f} %"),
        *((f"{s.home}–{s.away}", f"{100 * s.probability:.1f} %") for s in markets.likeliest_scores),
    ]
