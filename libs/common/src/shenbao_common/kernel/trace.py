"""The trace a request or an event belongs to, carried from edge to edge (W3C Trace Context `traceparent`)."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_FORMAT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str] = ContextVar("trace", default="")


def start(traceparent: str | None = None) -> str:
    """Continues the given trace, or begins one; answers its traceparent."""
    if not traceparent or not is_whole(traceparent):
        traceparent = fresh()
    _current.set(traceparent)
    return traceparent


def fresh() -> str:
    """The traceparent of a new trace, which is not begun yet."""
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"


def is_whole(traceparent: str) -> bool:
    return _FORMAT.fullmatch(traceparent) is not None


def digits() -> str:
    """The 32 digits of the present trace, by which logs of all services are joined; "" outside of any."""
    return _current.get()[3:35]


@contextmanager
def within(traceparent: str) -> Iterator[None]:
    """Continues the given trace for the time of the block."""
    before = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(before)


def current() -> str:
    """The present traceparent, or "" outside of any."""
    return _current.get()
