"""The pages: the coming round, one match, and how good the model is."""

from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from touchline.domain.leagues import LEAGUES
from touchline.domain.matches import Result
from touchline.serving.forecaster import Forecaster
from touchline.serving.page import format as form
from touchline.serving.page.plot import calibration_plot
from touchline.serving.replies import Problem
from touchline.serving.routes import Answers

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
SHOWN_GOALS = 6
TOTALS, HANDICAPS = (1.5, 2.5, 3.5), (-1.5, -0.5, 0.5, 1.5)
NAMES = {
    "dixon-coles": "Dixon–Coles",
    "elo-logit": "Elo and a logit",
    "base-rates": "Base rates",
    "market-opening": "Opening odds",
    "market-closing": "Closing odds",
}

templates = Jinja2Templates(HERE / "templates")
templates.env.filters |= {
    "percent": form.percent,
    "percents": form.percents,
    "long_day": form.long_day,
    "short_day": form.short_day,
    "signed": form.signed,
}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def coming_round(request: Request, answers: Answers, league: str | None = None) -> HTMLResponse:
    """The coming round, a day after the other; of the first league served where none is named."""
    found = answers.league(league or next(iter(answers.champions)))
    forecasts = answers.coming(found)
    days = [
        (day, [(forecast, answers.later(forecast.match.key or "")) for forecast in group])
        for day, group in groupby(forecasts, key=lambda forecast: forecast.match.date)
    ]
    dates = [day for day, _ in days if day is not None]
    return _page(
        request,
        answers,
        "round.html",
        found.code,
        days=days,
        span=form.span(dates) if dates else None,
        model=answers.model(found),
    )


@router.get("/match/{key}")
def one_match(request: Request, answers: Answers, key: str) -> HTMLResponse:
    """Everything that the model says of one match."""
    forecast = answers.about(key)
    match = forecast.match
    shown = [row[:SHOWN_GOALS] for row in forecast.grid[:SHOWN_GOALS]]
    return _page(
        request,
        answers,
        "match.html",
        match.league,
        forecast=forecast,
        later=answers.later(key),
        grid=shown,
        peak=max(max(row) for row in shown),
        beyond=1 - sum(sum(row) for row in shown),
        totals=[line for line in forecast.markets.over if line.line in TOTALS],
        handicaps=[line for line in forecast.markets.handicap if line.line in HANDICAPS],
        recent=[
            (side, [_seen_by(side, result) for result in answers.recent(side)]) for side in (match.home, match.away)
        ],
    )


@router.get("/quality")
def quality(request: Request, answers: Answers, league: str | None = None) -> HTMLResponse:
    """The backtest of the served model: its scores beside the others', and its calibration."""
    found = answers.league(league or next(iter(answers.champions)))
    report = answers.champions[found.code].report
    lines = sorted(report.comparison.lines, key=lambda line: line.scores["rps"])
    own = report.comparison.line(report.model)
    return _page(
        request,
        answers,
        "quality.html",
        found.code,
        report=report,
        lines=lines,
        own=own,
        market=any(line.name.startswith("market") for line in lines),
        plot=calibration_plot(own.calibration),
        names=NAMES,
        model=answers.model(found),
    )


def error_page(request: Request, problem: Problem) -> HTMLResponse:
    """An error for a reader."""
    return templates.TemplateResponse(
        request, "error.html", {"problem": problem, "league": None, "leagues": {}, "replay": None}, problem.status
    )


def _page(request: Request, answers: Forecaster, template: str, league: str, **more: Any) -> HTMLResponse:
    common = {
        "league": LEAGUES[league],
        "leagues": {code: LEAGUES[code] for code in answers.champions},
        "replay": answers.replay,
    }
    return templates.TemplateResponse(request, template, common | more)


def _seen_by(side: str, result: Result) -> dict[str, Any]:
    """A past match from one side's view: won, drawn or lost, at home or away, and the score as it was written."""
    at_home = result.fixture.home == side
    margin = (result.home_goals - result.away_goals) * (1 if at_home else -1)
    return {
        "date": result.fixture.date,
        "other": result.fixture.away if at_home else result.fixture.home,
        "venue": "home" if at_home else "away",
        "score": f"{result.home_goals}–{result.away_goals}",
        "letter": "W" if margin > 0 else "D" if margin == 0 else "L",
        "word": "won" if margin > 0 else "drawn" if margin == 0 else "lost",
    }
