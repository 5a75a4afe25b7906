"""What a transaction writes last: left until its commit and said there in one round trip.

A typical write ends with its event, its audit entry, its answer and a snapshot, none of which it reads again. Said one
by one they would cost more than the rest of it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

_LAST, _SAID = "last", "said"
_Read = Callable[[list[Mapping[str, Any]]], Any]


class _Left(NamedTuple):
    within: frozenset[SessionTransaction]
    statement: sa.Executable
    values: Mapping[str, Any]


def say_last(session: Session, statement: sa.Executable, values: Mapping[str, Any]) -> None:
    """Leaves a statement whose answer nobody reads for right before the commit.

    Rolled back to a savepoint before it, it is not said. Statements that are left touch different rows, unless they are
    the same statement, which is said in its order: two that change one table are refused at the commit. A column's
    default in Python is not applied. Only of sessions that were made to say it by `install`.
    """
    session.info.setdefault(_LAST, []).append(_Left(within(session), statement, values))


def last_words(session: Session, statement: sa.Executable) -> list[Mapping[str, Any]]:
    """The values with which this session said the statement last, or is to say it at the next commit."""
    words = (*session.info.get(_SAID, ()), *session.info.get(_LAST, ()))
    return [left.values for left in words if left.statement is statement]


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
        _ensure_apart({one.statement for one in left})
        session.flush()
        said = Counter(id(one.statement) for one in left)
        _say_each(session, [one for one in left if said[id(one.statement)] > 1])
        _say_at_once(session, [one for one in left if said[id(one.statement)] == 1])
        session.info.setdefault(_SAID, []).extend(left)


def _ensure_apart(statements: set[sa.Executable]) -> None:
    """Said as one, the second change of a row would be lost without a word."""
    changed = Counter(one.table for one in statements if isinstance(one, sa.Update | sa.Delete))
    if twice := [str(table) for table, times in changed.items() if times > 1]:
        raise TypeError(f"changed by two statements said last: {', '.join(twice)}")


def _say_each(session: Session, left: list[_Left]) -> None:
    """A statement that is said several times, as in a batch."""
    if left:
        connection = session.connection()
        driver: Any = connection.connection.driver_connection
        with driver.pipeline():
            for one in left:
                connection.execute(one.statement, one.values)


def _say_at_once(session: Session, left: list[_Left]) -> None:
    """Different statements, as one."""
    if left:
        connection = session.connection()
        together = _together(connection.dialect, tuple((one.statement, tuple(one.values)) for one in left))
        values = [one.values for one in left]
        connection.exec_driver_sql(together.text, {name: of(values) for name, of in together.values.items()})


class _Together(NamedTuple):
    text: str
    values: Mapping[str, _Read]
    """How each of its parameters is made from the values that were left."""


@lru_cache(maxsize=512)
def _together(dialect: sa.Dialect, statements: tuple[tuple[sa.Executable, tuple[str, ...]], ...]) -> _Together:
    """The last statement, with the others in its WITH clause; all names of parameters get the statement's number."""
    parts: list[str] = []
    values: dict[str, _Read] = {}
    for number, (statement, names) in enumerate(statements):
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))  # type: ignore[attr-defined]
        if compiled.prefetch:
            raise TypeError(f"said last without a value: {', '.join(map(str, compiled.prefetch))}")
        own = {name: f"{name}_{number}" for name in compiled.binds}
        values |= {own[name]: _reader(dialect, number, name, bind) for name, bind in compiled.binds.items()}
        parts.append(compiled.string.replace("%%", "%%%%") % {name: f"%({one})s" for name, one in own.items()})
    others = ", ".join(f"said_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    return _Together(f"WITH {others} {parts[-1]}" if others else parts[-1], values)


def _reader(dialect: sa.Dialect, number: int, name: str, bind: Any) -> _Read:
    processed = bind.type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
    if bind.required:
        return lambda values: processed(values[number][name])
    return lambda values: processed(values[number].get(name, bind.value))


def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.nested:
        session.info[_LAST] = [left for left in session.info.get(_LAST, ()) if ended not in left.within]
    else:
        session.info.pop(_LAST, None)
