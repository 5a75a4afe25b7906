"""Wake-ups inside one process: a relay rings when its publisher has told something, followers of it wait for that."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_waiting: dict[str, set[threading.Event]] = defaultdict(set)


def ring(source: str) -> None:
    """Wakes everybody who follows this publisher in this process. A missed ring costs a poll's second, no event."""
    with _lock:
        for event in _waiting[source]:
            event.set()


@contextmanager
def called_by(*sources: str) -> Iterator[threading.Event]:
    """An event that is set by a ring of any of these publishers."""
    event = threading.Event()
    with _lock:
        for source in sources:
            _waiting[source].add(event)
    try:
        yield event
    finally:
        with _lock:
            for source in sources:
                _waiting[source].discard(event)
