"""Working days by the calendar of the State Council. A year whose schedule is not known is an error, never a guess."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_common.kernel.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """years: whose schedule is known; exceptions: days that differ from Monday to Friday, and whether they work."""

    years: Collection[int]
    exceptions: Mapping[date, bool]

    def works(self, day: date) -> bool:
        """Refuses a year without a schedule (`calendar_missing`)."""
        if day.year not in self.years:
            raise Conflict("calendar_missing", year=day.year)
        return self.exceptions.get(day, day.weekday() < 5)

    def last_day(self, start: date, days: int, *, count_first: bool = False) -> date:
        """The last day of a period of that many working days; the first day counts only where the switch says so
        (Civil Code art. 201: it does not)."""
        day = start if count_first else start + timedelta(days=1)
        left = days
        while True:
            left -= self.works(day)
            if left <= 0:
                return day
            day += timedelta(days=1)


def end_of(day: date) -> datetime:
    """Midnight in China after that day (art. 203)."""
    return datetime.combine(day + timedelta(days=1), time(), OFFICE_ZONE)
