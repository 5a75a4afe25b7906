"""What the bus's tables need from time to time: months made ahead, old ones dropped, the inbox forgetting with them.

The answers that are kept for requests which are sent twice go at the same time: they may hold personal data.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from shenbao_common.bus import partitions
from shenbao_common.kernel import clock

EVERY = 6 * 3600.0
"""Seconds between two rounds."""

_LOCK = 0x5368656E486B  # "ShenHk": one round at a time per database
_log = structlog.get_logger()


def tidy(database_url: str, days: int) -> None:
    """One round. It never holds up writers: what cannot have its lock within two seconds waits for the next round."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    for work in (partitions.make_ahead, partitions.forget_handled, partitions.drop_old, partitions.forget_answers):
        arguments = (days,) if work in {partitions.forget_handled, partitions.drop_old} else ()
        try:
            with engine.begin() as connection:
                connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                done = work(connection, clock.machine(), *arguments)
            if done:
                _log.info("bus_tidied", work=work.__name__, done=done)
        except SQLAlchemyError as later:
            _log.warning("bus_not_tidied", work=work.__name__, reason=type(later).__name__)


@contextmanager
def kept_tidy(database_url: str, days: int, stop: threading.Event) -> Iterator[None]:
    """Rounds in a thread of their own, from now until `stop`."""

    def rounds() -> None:
        while not stop.is_set():
            tidy(database_url, days)
            stop.wait(EVERY)

    thread = threading.Thread(target=rounds, name="bus-housekeeping", daemon=True)
    thread.start()
    yield
    if stop.is_set():
        thread.join(5.0)
