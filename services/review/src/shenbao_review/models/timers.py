"""What is due when, and the calendar that says when that is."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_review.models.base import Base


class Timer(Base):
    """Something to be done once, at or after a moment, by any worker. subject_id: what it is about, by its kind."""

    __tablename__ = "timer"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id"),
        sa.Index("timer_due", "due_at", postgresql_where=sa.text("fired_at IS NULL")),
    )

    timer_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    fired_at: Mapped[datetime | None]


class CalendarYear(Base):
    """A year whose schedule of public holidays is known. source: the notice that says it."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]


class CalendarDay(Base):
    """A day that differs from Monday to Friday: a day off in the week, or a worked day of a weekend."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
