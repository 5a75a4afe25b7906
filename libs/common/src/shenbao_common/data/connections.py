"""A pool that hands out no dead connection and asks the server nothing for it."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Refusal


def engine_for(database_url: str) -> sa.Engine:
    """The engine of a process that answers requests or handles events.

    Whoever comes back after a restart of PostgreSQL gets a new connection. SQLAlchemy's own ping would ask the server
    before every transaction, which is a sixth of what a typical write takes.
    """
    engine = sa.create_engine(database_url, pool_size=10, max_overflow=10)
    sa.event.listen(engine, "checkout", _ensure_open)
    return engine


def _ensure_open(connection: Any, _record: object, _proxy: object) -> None:
    # The server has nothing to say to an idle connection but its end; the rare other word costs one reconnection.
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN)
    if said.poll(0):
        raise sa.exc.InvalidatePoolError


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Statements whose answers nobody reads, in one round trip; a fault of theirs is psycopg's own, at the end.

    Whoever refuses must do so before: what was sent already would stand, where one of many is refused and the rest are
    committed. A refusal in here is our fault, so it is none any more and ends the transaction.
    """
    driver: Any = session.connection().connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except Refusal as late:
        raise RuntimeError("refused after statements were sent") from late
