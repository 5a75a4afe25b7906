"""The clock of the profile `test`: the service's database keeps how far it is ahead, every process of it follows.

Nothing of this runs in another profile, and no other database has the table: it is made when the clock is first moved.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel import clock

_CHANNEL = "clock_moved"
PAUSE = 0.3
"""Seconds between two looks at a clock that does not call by itself."""

_PATIENCE = 5.0
_lock = threading.Lock()
_following = False


def move(session: Session, ahead: timedelta) -> None:
    """For every process of this service, and those that start later; they hear of it when the session commits."""
    seconds = {"seconds": ahead.total_seconds()}
    session.execute(sa.text("CREATE TABLE IF NOT EXISTS moved_clock (seconds double precision NOT NULL)"))
    session.execute(sa.text("DELETE FROM moved_clock"))
    session.execute(sa.text("INSERT INTO moved_clock VALUES (:seconds)"), seconds)
    session.execute(sa.text("SELECT pg_notify(:channel, '')"), {"channel": _CHANNEL})


def follow(database_url: str) -> None:
    """Takes the clock over and follows it, in a thread that ends with the process."""
    conninfo = database_url.replace("+psycopg", "", 1)
    start_once(partial(_follow, conninfo))


def start_once(follow: Callable[[Callable[[], None]], None]) -> None:
    """In a thread; returns when it called back, having seen the clock once or failed to. The second call in a process
    does nothing: it has one clock, whatever number of services it holds."""
    global _following  # noqa: PLW0603  (see there)
    with _lock:
        if _following:
            return
        _following = True
    clock.move(clock.ahead())
    seen = threading.Event()
    threading.Thread(target=follow, args=(seen.set,), name="moved-clock", daemon=True).start()
    seen.wait(_PATIENCE)


def _follow(conninfo: str, seen: Callable[[], None]) -> None:
    pause = threading.Event()
    while True:
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute(f"LISTEN {_CHANNEL}")
                while True:
                    _take(connection)
                    seen()
                    list(connection.notifies(stop_after=1))  # a connection that waits for calls takes no question
        except psycopg.OperationalError:
            seen()  # whoever works with the database says that it is away
        pause.wait(PAUSE)


def _take(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    if connection.execute("SELECT to_regclass('moved_clock')").fetchone() == (None,):
        return
    row = connection.execute("SELECT seconds FROM moved_clock").fetchone()
    clock.move(timedelta(seconds=float(str(row[0])) if row else 0.0))
