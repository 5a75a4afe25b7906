"""Asks nothing of a register that has just failed, so that nobody waits for it."""

import threading
import time
from collections.abc import Callable


class Circuit:
    """Opens after `failures` failed calls in a row; after `seconds` one call may try again.

    One per process and register; safe for threads. clock: seconds that only grow.
    """

    def __init__(
        self, *, failures: int = 3, seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._allowed = failures
        self._seconds = seconds
        self._clock = clock
        self._failed = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def lets_through(self) -> bool:
        """May a call be made now? When the pause is over, only the first asker may; the others wait for its result."""
        with self._lock:
            if self._failed < self._allowed:
                return True
            if self._clock() < self._open_until:
                return False
            self._open_until = self._clock() + self._seconds
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._allowed:
                self._open_until = self._clock() + self._seconds
