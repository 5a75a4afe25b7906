"""One listener at a time per database, however many worker processes run: order within a subject needs a single loop,
and the broker's single active consumer knows nothing of the feeds and of what was put off."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

LISTENER = 0x5368656E4C73  # "ShenLs"; the relay has its own

_LOOK = 1.0


class Turn:
    """Held while this process is the listener; lost with its connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._looked = time.monotonic()

    @property
    def connection(self) -> Connection:
        return self._connection

    def ensure_held(self) -> None:
        """Raises sqlalchemy's error when the connection, and with it the lock, is gone. Asks once a second."""
        if time.monotonic() - self._looked >= _LOOK:
            self._connection.execute(sa.text("SELECT 1"))
            self._looked = time.monotonic()


@contextmanager
def turn(engine: Engine, lock: int = LISTENER) -> Iterator[Turn | None]:
    """None when another process has it. lock: a number for each kind of work that one process does at a time."""
    with engine.connect() as pooled:
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.scalar(sa.text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock})
        try:
            yield Turn(connection) if taken else None
        finally:
            # Closing the session is the one way to give the lock back that cannot fail.
            connection.invalidate()
