"""A pool that hands out no dead connection and asks the server nothing for it."""

import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from shenbao_common.kernel.errors import Refusal

_LAST = "last"


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
def together(session: Session) -> Iterator[sa.Connection]:
    """Statements whose answers nobody reads, in one round trip; a fault of theirs is psycopg's own, at the end.

    Whoever refuses must do so before: what was sent already would stand, where one of many is refused and the rest are
    committed. A refusal in here is our fault, so it is none any more and ends the transaction.
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield connection
    except Refusal as late:
        raise RuntimeError("refused after statements were sent") from late


def say_last(session: Session, statement: sa.Executable, values: Mapping[str, Any]) -> None:
    """Leaves a statement whose answer nobody reads for right before the commit, where all of them go `together`."""
    session.info.setdefault(_LAST, []).append((statement, values))


def install(sessions: sessionmaker[Session]) -> None:
    """Has every commit of these sessions say what was left for it."""
    sa.event.listen(sessions, "before_commit", _say)
    sa.event.listen(sessions, "after_soft_rollback", _forget)


def _say(session: Session) -> None:
    if session.in_nested_transaction():
        return
    if left := session.info.pop(_LAST, None):
        session.flush()
        with together(session) as connection:
            for statement, values in left:
                connection.execute(statement, values)


def _forget(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_LAST, None)
