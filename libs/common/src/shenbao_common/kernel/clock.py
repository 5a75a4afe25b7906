"""The clock, read at the edges only; rules get `now` as an argument."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

_LOOK_EVERY = 0.2
_moved: timedelta | None = None


def now() -> datetime:
    """The present moment, aware, in UTC; in the profile `test` moved by what the test said."""
    return machine() + ahead()


def machine() -> datetime:
    """The moment of the machine, for what hangs together with ids and files, which never move."""
    return datetime.now(UTC)


def ahead() -> timedelta:
    """How far `now` is before the machine; negative when it is behind."""
    return _moved or timedelta()


def move(by: timedelta) -> None:
    """Sets how far this process is ahead; called in the profile `test` only (bus/moved_clock.py)."""
    global _moved  # noqa: PLW0603  (time is the same everywhere in a process)
    _moved = by


def wait(stop: threading.Event, seconds: float) -> bool:
    """A pause between two looks at what is due: until `stop`, or over, or the clock was moved; whether it is `stop`."""
    if _moved is None:  # nobody can move it
        return stop.wait(seconds)
    moved, until = _moved, machine() + timedelta(seconds=seconds)
    while not stop.is_set() and _moved == moved and machine() < until:
        stop.wait(_LOOK_EVERY)
    return stop.is_set()


def office_day(moment: datetime) -> date:
    """The calendar day in China at that moment; every deadline counts by it."""
    return moment.astimezone(OFFICE_ZONE).date()
