"""The tables. Alembic in ``migrations/`` makes them; a test holds the two equal."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Date, DateTime, Double, ForeignKey, Index, String, Time, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The root of all tables."""


class TeamRow(Base):
    """A club, under the name that its matches carry."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class MatchRecord(Base):
    """A match, scheduled or played, with its provenance and a hash of all that the source said of it."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("league", "season", "home_id", "away_id", "meeting", name="uq_matches_identity"),
        CheckConstraint("home_id <> away_id", name="ck_matches_two_sides"),
        CheckConstraint("(home_goals IS NULL) = (away_goals IS NULL)", name="ck_matches_both_goals_or_none"),
        CheckConstraint("home_goals >= 0 AND away_goals >= 0", name="ck_matches_goals_not_negative"),
        CheckConstraint("meeting >= 1", name="ck_matches_meeting"),
        Index("ix_matches_league_day", "league", "day"),
        Index("ix_matches_home_day", "home_id", "day"),
        Index("ix_matches_away_day", "away_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    league: Mapped[str] = mapped_column(String(8))
    season: Mapped[int]
    """The year in which the season starts."""
    day: Mapped[date] = mapped_column(Date)
    kickoff: Mapped[time | None] = mapped_column(Time)
    """In the source's local time."""
    home_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    away_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    meeting: Mapped[int] = mapped_column(default=1)
    home_goals: Mapped[int | None]
    away_goals: Mapped[int | None]
    half_time_home_goals: Mapped[int | None]
    half_time_away_goals: Mapped[int | None]
    home_shots: Mapped[int | None]
    away_shots: Mapped[int | None]
    home_shots_on_target: Mapped[int | None]
    away_shots_on_target: Mapped[int | None]
    home_corners: Mapped[int | None]
    away_corners: Mapped[int | None]
    home_fouls: Mapped[int | None]
    away_fouls: Mapped[int | None]
    home_yellow_cards: Mapped[int | None]
    away_yellow_cards: Mapped[int | None]
    home_red_cards: Mapped[int | None]
    away_red_cards: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(40))
    payload_hash: Mapped[str] = mapped_column(String(64))
    fetched_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    content_hash: Mapped[str] = mapped_column(String(32))
    """Tells a changed row from an unchanged one."""


class OddsRow(Base):
    """One bookmaker's prices of one market of a match; see ``domain.odds.Quote`` for the columns."""

    __tablename__ = "odds"
    __table_args__ = (
        CheckConstraint("first > 1 AND second > 1 AND (draw IS NULL OR draw > 1)", name="ck_odds_above_one"),
        CheckConstraint("(market = '1x2') = (draw IS NOT NULL)", name="ck_odds_draw_only_for_result"),
        CheckConstraint("market <> '1x2' OR line = 0", name="ck_odds_line_unless_result"),
    )

    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    bookmaker: Mapped[str] = mapped_column(String(12), primary_key=True)
    moment: Mapped[str] = mapped_column(String(8), primary_key=True)
    market: Mapped[str] = mapped_column(String(10), primary_key=True)
    line: Mapped[float] = mapped_column(Double, primary_key=True)
    first: Mapped[float] = mapped_column(Double)
    draw: Mapped[float | None] = mapped_column(Double)
    second: Mapped[float] = mapped_column(Double)


class QuarantineRow(Base):
    """Something that a check refused, its row as it stood in the file, with the check and the reason."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_file", "source", "league", "season"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    league: Mapped[str] = mapped_column(String(8))
    season: Mapped[int]
    line: Mapped[int]
    whole_row: Mapped[bool]
    """Whether the match was refused, or only a price or a count of it."""
    check_id: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(400))
    raw: Mapped[str]
    payload_hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
