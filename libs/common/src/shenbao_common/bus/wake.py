"""Wake-ups inside one process: a relay rings when its publisher has told something, followers of it wait for that."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_waiting: dict[str, set["Calls"]] = defaultdict(set)


class Calls:
    """Which of its publishers have rung for one follower."""

    def __init__(self) -> None:
        self._rung: set[str] = set()
        self._any = threading.Event()

    def wait(self, seconds: float) -> set[str]:
        """Those that have rung since the last time; none when the time is over."""
        self._any.wait(seconds)
        with _lock:
            rung, self._rung = self._rung, set()
            self._any.clear()
        return rung

    def note(self, source: str) -> None:
        """Under the lock."""
        self._rung.add(source)
        self._any.set()


def ring(source: str) -> None:
    """Wakes everybody who follows this publisher in this process. A missed ring costs the time of a poll, no event."""
    with _lock:
        for calls in _waiting[source]:
            calls.note(source)


@contextmanager
def called_by(*sources: str) -> Iterator[Calls]:
    """What these publishers ring from now on."""
    calls = Calls()
    with _lock:
        for source in sources:
            _waiting[source].add(calls)
    try:
        yield calls
    finally:
        with _lock:
            for source in sources:
                _waiting[source].discard(calls)
