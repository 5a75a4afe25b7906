"""The clock, read at the edges only; rules get `now` as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def office_day(moment: datetime) -> date:
    """The calendar day in China at that moment; every deadline counts by it."""
    return moment.astimezone(OFFICE_ZONE).date()
