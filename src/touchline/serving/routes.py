"""The endpoints below ``/v1``."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from touchline.monitoring.metrics import forecasts
from touchline.serving import replies
from touchline.serving.forecaster import Forecaster

PROBLEM: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such match", "content": PROBLEM},
    422: {"description": "Bad input; the problem names the field", "content": PROBLEM},
}
router = APIRouter(prefix="/v1", responses=RESPONSES, tags=["Forecasts"])


def forecaster(request: Request) -> Forecaster:
    """The forecaster that the app was given."""
    found: Forecaster = request.app.state.forecaster
    return found


Answers = Annotated[Forecaster, Depends(forecaster)]


@router.get("/fixtures", summary="The coming fixtures with their outcome probabilities")
def get_fixtures(
    answers: Answers,
    league: Annotated[str | None, Query(description="The division's code, such as E0.")] = None,
    until: Annotated[dt.date | None, Query(description="The last day to list; by default a year ahead.")] = None,
    limit: Annotated[int, Query(ge=1, le=400, description="At most this many.")] = 50,
) -> replies.Fixtures:
    """Fixtures from today (or the as-of date) on, in order of time."""
    found = answers.league(league)
    reply = replies.Fixtures(
        league=found.code,
        replay=answers.replay,
        model=answers.model(found),
        fixtures=answers.fixtures(found, until, limit),
    )
    forecasts.labels(found.code, reply.model.version).inc(len(reply.fixtures))
    return reply


@router.post("/predict", summary="Everything that the model says of one match")
def post_predict(question: replies.Question, answers: Answers) -> replies.FullForecast:
    """Outcome probabilities, expected goals, the score grid and the markets of a match or of two sides."""
    reply = answers.answer(question)
    forecasts.labels(reply.match.league, reply.model.version).inc()
    return reply
