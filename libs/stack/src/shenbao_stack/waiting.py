"""Waiting for a state with a deadline: never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

Found = TypeVar("Found")


class TooLate(AssertionError):
    """The state did not come before the deadline."""


def until(look: Callable[[], Found], *, seconds: float = 10.0, what: str = "", every: float = 0.05) -> Found:
    """Looks until something truthy is seen, and answers it. An AssertionError of `look` counts as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        reason: AssertionError | None = None
        try:
            if found := look():
                return found
        except AssertionError as wrong:
            reason = wrong
        if time.monotonic() > deadline:
            raise TooLate(f"not within {seconds} s: {what or look}") from reason
        time.sleep(every)


def answers(url: str) -> bool:
    """Whether a healthy server is behind the address."""
    try:
        return httpx.get(url, timeout=5, follow_redirects=False).status_code < 400
    except httpx.HTTPError:
        return False
