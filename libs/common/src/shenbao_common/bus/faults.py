"""What went wrong with an event, and when it is tried again. The schedule lives here and in PostgreSQL, not in the
broker: it survives every restart, can be read with SQL, and holds up one subject only."""

from collections.abc import Sequence
from datetime import timedelta
from traceback import extract_tb

from shenbao_common.bus.envelope import Unreadable
from shenbao_common.kernel.errors import Refusal

IMMEDIATE_TRIES = 3
"""Runs of a handler before its event is put off: a serialization failure is over at once."""

SCHEDULE: Sequence[timedelta] = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    *([timedelta(hours=1)] * 24),
)
"""Pauses between rounds of tries; after the last one the event is parked."""


class UnknownType(Exception):
    """An event of a type that this service does not listen to came into its own queue."""


PERMANENT = (Refusal, Unreadable, UnknownType)
"""Trying these again would give the same answer."""


def pause_after(attempts: int, schedule: Sequence[timedelta]) -> timedelta | None:
    """How long an event waits after that many runs of its handler; None when it has had its chances."""
    rounds = max(1, attempts // IMMEDIATE_TRIES)
    return schedule[rounds - 1] if rounds <= len(schedule) else None


def reason(fault: BaseException) -> str:
    """What is kept and shown: kind, code and place. Never the message of a foreign error, which may hold a person's
    data (a database names the values that it refused)."""
    name = type(fault).__name__
    if isinstance(fault, Refusal):
        problems = ", ".join(f"{p.code} at {p.path}" if p.path else p.code for p in fault.problems)
        return f"{name}: {fault.code}" + (f" ({problems})" if problems else "")
    if isinstance(fault, Unreadable | UnknownType):
        return f"{name}: {fault}"
    frames = extract_tb(fault.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename] or frames
    return f"{name} in {ours[-1].name}, line {ours[-1].lineno}" if ours else name
