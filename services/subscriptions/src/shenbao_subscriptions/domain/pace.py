"""When a failed delivery is tried again, when a subscriber is left alone, and when it is paused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SCHEDULE: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
    timedelta(minutes=30),
    *([timedelta(hours=1)] * 23),
)
"""Pauses between tries of one delivery: about a day; after the last one its subscriber is paused."""

GIVEN_UP_AFTER = timedelta(days=1)
"""A subscriber that has taken nothing for so long is paused."""

QUIET_AFTER = 3
"""Failures in a row, of whichever deliveries, after which a subscriber counts as away: from then on one delivery at a
time asks whether it is back."""

_QUIET: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
)


def next_try(attempts: int, now: datetime, *, not_before: timedelta | None = None) -> datetime | None:
    """When a delivery that failed that many times is tried again; None when it has had its chances.

    not_before: what the receiver asked for (Retry-After).
    """
    if attempts > len(SCHEDULE):
        return None
    return now + max(SCHEDULE[attempts - 1], not_before or timedelta())


def quiet_until(failures: int, now: datetime) -> datetime | None:
    """Until when a subscriber that failed so often in a row is not asked at all; None: go on."""
    if failures < QUIET_AFTER:
        return None
    return now + _QUIET[min(failures - QUIET_AFTER, len(_QUIET) - 1)]
