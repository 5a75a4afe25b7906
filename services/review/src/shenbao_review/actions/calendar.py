"""Adding a year to the working-day calendar."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_review.models import CalendarDay, CalendarYear


def add(session: Session, year: int, days_off: Sequence[date], days_on: Sequence[date], source: str) -> CalendarYear:
    """Takes a schedule in, whole; what contradicts the week or the year is named."""
    found = []
    for word, days, weekend in (("days_off", days_off, False), ("days_on", days_on, True)):
        for number, day in enumerate(days):
            if day.year != year:
                found.append(Problem("outside_year", f"{word}.{number}"))
            elif (day.weekday() >= 5) != weekend:
                found.append(Problem("contradicts_week", f"{word}.{number}"))
            elif day in days[:number]:
                found.append(Problem("duplicate", f"{word}.{number}"))
    ensure(found)
    if session.get(CalendarYear, year):
        raise Conflict("year_known")
    added = CalendarYear(year=year, source=source)
    session.add(added)
    session.add_all(CalendarDay(day=day, works=False) for day in days_off)
    session.add_all(CalendarDay(day=day, works=True) for day in days_on)
    return added
