"""What the endpoints take and give, as OpenAPI shows it."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Probability = Annotated[float, Field(ge=0, le=1)]


class Question(BaseModel):
    """Which match to forecast: its key, or the names of its two sides."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"home": "Arsenal", "away": "Chelsea", "league": "E0"}]}
    )

    match: str | None = Field(None, description="The key of a match, as /v1/fixtures lists it.", max_length=200)
    home: str | None = Field(None, description="The side at home; ignored case and accents.", max_length=80)
    away: str | None = Field(None, description="The side away.", max_length=80)
    league: str | None = Field(None, description="The division's code; needed where several are served.", max_length=8)

    @model_validator(mode="after")
    def _one_way(self) -> "Question":
        if (self.match is None) == (self.home is None or self.away is None):
            raise ValueError("give either `match` or both `home` and `away`")
        return self


class OutcomeProbabilities(BaseModel):
    """Home win, draw and away win; they sum to 1."""

    home: Probability
    draw: Probability
    away: Probability


class ExpectedGoals(BaseModel):
    """The mean number of goals of each side."""

    home: float
    away: float


class Score(BaseModel):
    """One scoreline and its probability."""

    home: int
    away: int
    probability: Probability


class Line(BaseModel):
    """A bet on a line: the shares of the stake won, given back and lost in expectation, and the fair decimal odds."""

    line: float
    win: Probability
    push: Probability
    lose: Probability
    fair_odds: float | None = Field(description="None where the bet cannot win.")


class Markets(BaseModel):
    """What is read off the score grid beside the outcome."""

    over: list[Line] = Field(description="More goals in all than the line.")
    handicap: list[Line] = Field(description="The home side, given the line in goals.")
    both_to_score: Probability
    likeliest_scores: list[Score]


class ModelInfo(BaseModel):
    """What made a forecast: enough to make it again."""

    name: str
    version: str
    settings: dict[str, float]
    fitted_on: dt.date = Field(description="The model has seen matches of earlier days only.")
    matches: int
    data_hash: str
    code_version: str
    stale: bool = Field(description="The store has results that this model has not seen.")


class Replay(BaseModel):
    """Present where the service stands in the past: nothing here is live."""

    as_of: dt.date
    note: str = "A replay: this is what was known on the morning of the as-of date, not a live forecast."


class Match(BaseModel):
    """The match that a forecast is of; the key is None for two sides that have no fixture in the store."""

    key: str | None
    league: str
    season: str
    date: dt.date | None
    kickoff: dt.time | None
    home: str
    away: str


class FixtureForecast(BaseModel):
    """A fixture with its outcome probabilities."""

    match: Match
    probabilities: OutcomeProbabilities
    expected_goals: ExpectedGoals


class Fixtures(BaseModel):
    """The fixtures of a league, in order of time, and what forecast them."""

    league: str
    replay: Replay | None
    model: ModelInfo
    fixtures: list[FixtureForecast]


class FullForecast(FixtureForecast):
    """Everything that the model says of a match."""

    grid: list[list[Probability]] = Field(description="grid[home goals][away goals]; all scores, summing to 1.")
    markets: Markets
    model: ModelInfo
    replay: Replay | None


class Problem(BaseModel):
    """An error as RFC 9457 has it (application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    candidates: list[str] | None = None
