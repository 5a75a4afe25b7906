"""The clock of a whole suite in profile test: moved at every service, followed by all their processes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx

from shenbao_stack.services import SERVICES
from shenbao_stack.waiting import until

_FOLLOWED_SECONDS = 5.0
_CLOSE = 5.0


class Clock:
    """`stack.clock.move(days=7)`. Sessions end as they do for people who come back after a week: users of the kit sign
    in again by themselves, a browser has to. Going back is allowed, but what was done at its time stays done."""

    def __init__(self, url: Callable[[str], str]) -> None:
        """url: of a service by name."""
        self._url = url
        self._ahead = timedelta()
        self.moved = threading.Event()
        """Set once it was moved: sessions of before may be over."""

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, **by: float) -> datetime:
        """Further by timedelta's own words (`days=7`, `hours=1`); answers what time it is then."""
        return self._put(self._ahead + timedelta(**by))

    def set(self, moment: datetime) -> datetime:
        """To a moment, from which it goes on."""
        return self._put(moment - datetime.now(UTC))

    def reset(self) -> datetime:
        """Back to the machine's time."""
        return self._put(timedelta())

    def _put(self, ahead: timedelta) -> datetime:
        self.moved.set()
        self._ahead = ahead
        for service in SERVICES:
            body = {"ahead_seconds": ahead.total_seconds()}
            httpx.put(self._address(service), json=body, timeout=10).raise_for_status()
        for service in SERVICES:
            until(partial(self._agrees, service), seconds=_FOLLOWED_SECONDS, what=f"{service} follows the clock")
        return self.now()

    def _agrees(self, service: str) -> bool:
        told = httpx.get(self._address(service), timeout=10).raise_for_status().json()
        return abs((datetime.fromisoformat(told["now"]) - self.now()).total_seconds()) < _CLOSE

    def _address(self, service: str) -> str:
        return f"{self._url(service)}/v1/test/clock"
