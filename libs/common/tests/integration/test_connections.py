"""The pool after the server ended its connections, and the last words of a transaction."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.data.connections import engine_for, install, say_last
from shenbao_common.kernel.errors import Conflict
from shenbao_common.testing.postgres import Cluster

_END = sa.text("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid = ANY(:pids)")


def test_connections_that_the_server_ended_are_not_handed_out(postgres: Cluster) -> None:
    engine = engine_for(url := postgres.create_database("connections"))
    held = [engine.connect() for _ in range(3)]
    pids = [connection.scalar(sa.text("SELECT pg_backend_pid()")) for connection in held]
    for connection in held:
        connection.close()
    other = sa.create_engine(url, poolclass=sa.NullPool)
    with other.connect() as connection:
        connection.execute(_END, {"pids": pids})
    again = [engine.connect() for _ in range(3)]
    assert not {c.scalar(sa.text("SELECT pg_backend_pid()")) for c in again} & set(pids)
    for connection in again:
        connection.close()
    engine.dispose()


def test_a_connection_is_used_again(postgres: Cluster) -> None:
    engine = engine_for(postgres.create_database("connections"))
    with engine.connect() as connection:
        first = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT pg_backend_pid()")) == first
    engine.dispose()


def test_what_is_left_for_the_end_is_said_at_the_commit_in_its_order(recorded: sessionmaker[Session]) -> None:
    with recorded.begin() as session:
        for what in ("first", "second"):
            say_last(session, _NOTE, {"what": what})
        assert not session.scalars(_NOTED).all()
    with recorded() as session:
        assert session.scalars(_NOTED).all() == ["first", "second"]


def test_what_is_left_for_the_end_goes_with_the_savepoint_that_it_is_within(recorded: sessionmaker[Session]) -> None:
    with recorded.begin() as session:
        say_last(session, _NOTE, {"what": "before"})
        for what, refused in (("kept", False), ("undone", True)):
            with suppress(Conflict), session.begin_nested():
                say_last(session, _NOTE, {"what": what})
                if refused:
                    raise Conflict("too_late")
    with recorded() as session:
        assert session.scalars(_NOTED).all() == ["before", "kept"]


def test_nothing_is_said_of_a_transaction_that_is_rolled_back(recorded: sessionmaker[Session]) -> None:
    with recorded() as session:
        session.execute(_NOTED)
        say_last(session, _NOTE, {"what": "undone"})
        session.rollback()
        session.execute(_NOTED)
        session.commit()
        assert not session.scalars(_NOTED).all()


_NOTE = sa.text("INSERT INTO noted (what) VALUES (:what)")
_NOTED = sa.text("SELECT what FROM noted ORDER BY number")


@pytest.fixture
def recorded(postgres: Cluster) -> Iterator[sessionmaker[Session]]:
    engine = engine_for(postgres.create_database("connections"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE noted (number serial, what text)"))
    sessions = sessionmaker(engine)
    install(sessions)
    yield sessions
    engine.dispose()
