"""The working days that are known here."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_review.domain.calendar import Calendar
from shenbao_review.models import CalendarDay, CalendarYear


def calendar(session: Session, start: date) -> Calendar:
    """The calendar of that year and the next, which is as far as any period reaches."""
    years = (start.year, start.year + 1)
    known = session.scalars(sa.select(CalendarYear.year).where(CalendarYear.year.in_(years))).all()
    span = CalendarDay.day.between(date(years[0], 1, 1), date(years[1], 12, 31))
    rows = session.execute(sa.select(CalendarDay.day, CalendarDay.works).where(span))
    return Calendar(years=known, exceptions={row.day: row.works for row in rows})


def years_known(session: Session) -> list[CalendarYear]:
    return list(session.scalars(sa.select(CalendarYear).order_by(CalendarYear.year)))
