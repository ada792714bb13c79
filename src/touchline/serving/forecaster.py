"""Forecasts from the champions of the registry, for the fixtures of the store."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from touchline.backtest.run import Report
from touchline.config import Settings
from touchline.domain.clock import Clock
from touchline.domain.errors import ModelError, NotFoundError, TouchlineError
from touchline.domain.forecast import Forecast, ScoreGrid, StakeShares
from touchline.domain.leagues import LEAGUES, League, parse_leagues
from touchline.domain.matches import Fixture, Result, coming_round
from touchline.domain.teams import resolve_team
from touchline.serving import replies
from touchline.store.database import open_store
from touchline.store.matches import find_fixture, find_match, fixtures, history, recent_results, result_of, team_names
from touchline.training.artifact import Artifact
from touchline.training.registry import Registry

OVER_LINES = (0.5, 1.5, 2.5, 3.5, 4.5)
HANDICAP_LINES = (-2.0, -1.5, -1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
STALE_SECONDS = 60.0
HORIZON = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Champion:
    """A served model: the artifact, its version, and the report of its backtest."""

    artifact: Artifact
    version: str
    report: Report


@dataclass
class Forecaster:
    """Answers questions about matches, standing on the clock's day."""

    engine: Engine
    clock: Clock
    champions: dict[str, Champion] = field(default_factory=dict)
    _staleness: dict[str, tuple[float, bool]] = field(default_factory=dict)

    @classmethod
    def from_settings(cls, settings: Settings, only: str | None = None) -> "Forecaster":
        """The champions of all leagues that have one, or of one league only.

        Raises:
            ModelError: a champion is damaged, or was fitted after the as-of date.
            NotFoundError: there is no champion at all.
        """
        registry = Registry(settings.mlflow_uri, settings.home)
        wanted = LEAGUES if only is None else [parse_leagues(only)[0].code]
        found = {code: version for code in wanted if (version := registry.champion(code))}
        if not found:
            fix = f"run `touchline train --league {only or 'E0'}`"
            raise NotFoundError(f"there is no champion {f'of {only}' if only else 'to serve'}", fix, field="model")
        champions = {code: Champion(v.artifact(), v.number, v.report()) for code, v in found.items()}
        forecaster = cls(open_store(settings.store_url), settings.clock, champions)
        for code, champion in champions.items():
            if champion.artifact.day > forecaster.clock.today:
                raise ModelError(
                    f"the champion of {code} was fitted on {champion.artifact.day}, after the as-of date "
                    f"{forecaster.clock.today}, and may know what that day must not",
                    f"run `touchline train --league {code} --as-of {forecaster.clock.today}`",
                    field="as_of",
                )
        return forecaster

    def answers(self) -> bool:
        """Whether the store can be read."""
        try:
            with self.engine.connect() as connection:
                return connection.execute(select(1)).scalar() == 1
        except SQLAlchemyError:
            return False

    @property
    def replay(self) -> replies.Replay | None:
        """What a reply says of the as-of date."""
        return replies.Replay(as_of=self.clock.today) if self.clock.is_replay else None

    def league(self, code: str | None) -> League:
        """The league that is asked for, or the only one served.

        Raises:
            TouchlineError: it is not known, not served, or several are and none was named.
        """
        if code is None:
            if len(self.champions) > 1:
                raise TouchlineError(
                    "several leagues are served", f"name one of {', '.join(self.champions)}", field="league"
                )
            return LEAGUES[next(iter(self.champions))]
        league = parse_leagues(code)[0]
        if league.code not in self.champions:
            raise TouchlineError(
                f"{league.code} is not served", f"name one of {', '.join(self.champions)}", field="league"
            )
        return league

    def model(self, league: League) -> replies.ModelInfo:
        """What forecasts a league."""
        champion = self.champions[league.code]
        artifact = champion.artifact
        return replies.ModelInfo(
            name=artifact.settings.name,
            version=champion.version,
            settings=artifact.settings.constants,
            fitted_on=artifact.day,
            matches=artifact.matches,
            data_hash=artifact.data_hash,
            code_version=artifact.code_version,
            stale=self._is_stale(league),
        )

    def _is_stale(self, league: League) -> bool:
        """Whether the store's matches before today are others than those that the model was fitted to.

        Late results and corrected scores count too. The store is asked at most once in ``STALE_SECONDS``.
        """
        checked, found = self._staleness.get(league.code, (-math.inf, False))
        if time.monotonic() - checked > STALE_SECONDS:
            seen = self.champions[league.code].artifact.data_hash
            found = history(self.engine, league, self.clock.today).fingerprint != seen
            self._staleness[league.code] = (time.monotonic(), found)
        return found

    def coming(self, league: League) -> list[replies.FixtureForecast]:
        """The coming round."""
        return self.briefly(league, coming_round(fixtures(self.engine, league, self.clock.today)))

    def fixtures(self, league: League, until: date | None, limit: int) -> list[replies.FixtureForecast]:
        """The next fixtures up to a day, at most ``limit``."""
        found = fixtures(self.engine, league, self.clock.today, until or self.clock.today + HORIZON)
        return self.briefly(league, found[:limit])

    def briefly(self, league: League, chosen: Sequence[Fixture]) -> list[replies.FixtureForecast]:
        """Outcome probabilities and expected goals of some fixtures, in one pass."""
        forecast = self._forecast(league, chosen)
        return [
            replies.FixtureForecast(
                match=_match(fixture),
                probabilities=_outcome(grid),
                expected_goals=_expected(grid),
            )
            for fixture, grid in zip(chosen, _grids(forecast), strict=True)
        ]

    def answer(self, question: replies.Question) -> replies.FullForecast:
        """Everything of one match.

        Raises:
            TouchlineError: the match, a side or the league is not known.
        """
        return self.about(question.match) if question.match is not None else self._between(question)

    def about(self, key: str) -> replies.FullForecast:
        """Everything of the match with a key.

        Raises:
            NotFoundError: there is none.
            TouchlineError: it was played before today, or its league is not served.
        """
        fixture = find_match(self.engine, key)
        self.league(fixture.league)
        if fixture.date < self.clock.today and result_of(self.engine, key) is not None:
            raise TouchlineError(
                f"{key} was played on {fixture.date}, before this forecast stands",
                "ask for a fixture, or serve with --as-of that day",
                field="match",
            )
        return self._full(fixture, _match(fixture))

    def _between(self, question: replies.Question) -> replies.FullForecast:
        """Everything of the next match of two sides; without key and day where no fixture of theirs is known."""
        league = self.league(question.league)
        known = team_names(self.engine, league)
        home = resolve_team(known, question.home or "", "home")
        away = resolve_team(known, question.away or "", "away")
        if home == away:
            raise TouchlineError(f"{home} cannot meet itself", "name two sides", field="away")
        fixture = find_fixture(self.engine, league, home, away, self.clock.today)
        if fixture is not None:
            return self._full(fixture, _match(fixture))
        season = self.champions[league.code].artifact.season
        unknown = Fixture("", league.code, season, self.clock.today, None, home, away)
        return self._full(unknown, _match(unknown).model_copy(update={"key": None, "date": None}))

    def _full(self, fixture: Fixture, match: replies.Match) -> replies.FullForecast:
        league = LEAGUES[fixture.league]
        grid = next(_grids(self._forecast(league, [fixture])))
        return replies.FullForecast(
            match=match,
            probabilities=_outcome(grid),
            expected_goals=_expected(grid),
            grid=grid.probabilities.tolist(),
            markets=_markets(grid),
            model=self.model(league),
            replay=self.replay,
        )

    def later(self, key: str) -> Result | None:
        """In a replay, how a match ended after the as-of date; no forecast sees it, only readers do."""
        return result_of(self.engine, key) if self.clock.is_replay else None

    def recent(self, team: str) -> list[Result]:
        """The last matches of a side before today."""
        return recent_results(self.engine, team, self.clock.today)

    def _forecast(self, league: League, chosen: Sequence[Fixture]) -> Forecast:
        fitted = self.champions[league.code].artifact.fitted
        return fitted.forecast([f.home for f in chosen], [f.away for f in chosen])


def _grids(forecast: Forecast) -> Iterator[ScoreGrid]:
    if forecast.grids is None:
        raise ModelError("the served model has no score grid", "train dixon-coles", field="model")
    return (ScoreGrid(grid) for grid in forecast.grids)


def _match(fixture: Fixture) -> replies.Match:
    return replies.Match(
        key=fixture.key,
        league=fixture.league,
        season=str(fixture.season),
        date=fixture.date,
        kickoff=fixture.kickoff,
        home=fixture.home,
        away=fixture.away,
    )


def _outcome(grid: ScoreGrid) -> replies.OutcomeProbabilities:
    home, draw, away = grid.outcome.tolist()
    return replies.OutcomeProbabilities(home=home, draw=draw, away=away)


def _expected(grid: ScoreGrid) -> replies.ExpectedGoals:
    home, away = grid.expected_goals
    return replies.ExpectedGoals(home=home, away=away)


def _markets(grid: ScoreGrid) -> replies.Markets:
    return replies.Markets(
        over=[_line(line, grid.over(line)) for line in OVER_LINES],
        handicap=[_line(line, grid.handicap(line)) for line in HANDICAP_LINES],
        both_to_score=grid.both_to_score,
        likeliest_scores=[replies.Score(home=h, away=a, probability=p) for h, a, p in grid.likeliest(6)],
    )


def _line(line: float, shares: StakeShares) -> replies.Line:
    odds = shares.fair_odds
    return replies.Line(
        line=line, win=shares.win, push=shares.push, lose=shares.lose, fair_odds=odds if math.isfinite(odds) else None
    )
