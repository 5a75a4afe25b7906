"""A pool that hands out no dead connection and asks the server nothing for it."""

import select
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

_LAST, _SAID = "last", "said"


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


def say_last(session: Session, statement: sa.Executable, values: Mapping[str, Any]) -> None:
    """Leaves a statement whose answer nobody reads for right before the commit, where all of them go in one round trip.

    Rolled back to a savepoint before it, it is not said. A fault of it is psycopg's own. Only of sessions that were
    made to say it by `install`.
    """
    session.info.setdefault(_LAST, []).append((within(session), statement, values))


def last_words(session: Session, statement: sa.Executable) -> list[Mapping[str, Any]]:
    """The values with which this session said the statement last, or is to say it at the next commit."""
    words = (*session.info.get(_SAID, ()), *session.info.get(_LAST, ()))
    return [values for _, said, values in words if said is statement]


def within(session: Session) -> frozenset[SessionTransaction]:
    """The savepoints that would undo what is done now."""
    inner, found = session.get_nested_transaction(), set()
    while inner is not None and inner.nested:
        found.add(inner)
        inner = inner.parent
    return frozenset(found)


def install(sessions: sessionmaker[Session]) -> None:
    """Has every commit of these sessions say what was left for it."""
    sa.event.listen(sessions, "before_commit", _say)
    sa.event.listen(sessions, "after_soft_rollback", _forget)


def _say(session: Session) -> None:
    if session.in_nested_transaction():
        return  # A savepoint is released; the transaction goes on.
    if left := session.info.pop(_LAST, None):
        session.flush()
        connection = session.connection()
        driver: Any = connection.connection.driver_connection
        with driver.pipeline():
            for _, statement, values in left:
                connection.execute(statement, values)
        session.info.setdefault(_SAID, []).extend(left)


def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.nested:
        session.info[_LAST] = [left for left in session.info.get(_LAST, ()) if ended not in left[0]]
    else:
        session.info.pop(_LAST, None)
