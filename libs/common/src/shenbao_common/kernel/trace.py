"""The trace a request or an event belongs to, carried from edge to edge (W3C Trace Context `traceparent`)."""

import os
import re
from contextvars import ContextVar

_FORMAT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str] = ContextVar("trace", default="")


def start(traceparent: str | None = None) -> str:
    """Continues the given trace, or begins one; answers its traceparent."""
    if not traceparent or not _FORMAT.fullmatch(traceparent):
        traceparent = f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"
    _current.set(traceparent)
    return traceparent


def current() -> str:
    """The present traceparent, or "" outside of any."""
    return _current.get()
