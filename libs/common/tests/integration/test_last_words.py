"""The last words of a transaction: left for its commit, and said there together."""

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.data.connections import engine_for
from shenbao_common.data.last_words import install, say_last
from shenbao_common.kernel.errors import Conflict
from shenbao_common.testing.postgres import Cluster


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


def test_different_statements_are_said_as_one(recorded: sessionmaker[Session]) -> None:
    sent: list[str] = []
    with recorded() as session:
        sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *of: sent.append(of[2]))
        say_last(session, _NOTE, {"what": "100% of it"})
        say_last(session, _ADD_PLACE, {"id": 7, "said": {"at": "桥", "share": "5%"}})
        say_last(session, _HAND_ON, {"what": "told"})
        session.commit()
        assert len(sent) == 1
        assert session.scalars(_NOTED).all() == ["100% of it"]
        assert session.execute(sa.select(_PLACE)).all() == [(7, {"at": "桥", "share": "5%"}, 1)]


def test_listeners_hear_what_is_notified_among_other_last_words(recorded: sessionmaker[Session]) -> None:
    with recorded() as session:
        listening = psycopg.connect(session.get_bind().engine.url.set(drivername="postgresql").render_as_string(False))
        with listening:
            listening.autocommit = True
            listening.execute("LISTEN heard")
            for statement in (_HAND_ON, _NOTE):
                say_last(session, statement, {"what": "told"})
            session.commit()
            assert [told.payload for told in listening.notifies(timeout=10, stop_after=1)] == ["told"]
        listening.close()


def test_one_last_word_that_is_refused_takes_the_others_with_it(recorded: sessionmaker[Session]) -> None:
    with recorded() as session:
        say_last(session, _NOTE, {"what": "undone"})
        say_last(session, _ADD_PLACE, {"id": None, "said": {}})
        with pytest.raises(sa.exc.IntegrityError):
            session.commit()
        session.rollback()
        assert not session.scalars(_NOTED).all()


def test_a_last_word_brings_all_its_values(recorded: sessionmaker[Session]) -> None:
    with recorded() as session:
        say_last(session, _ADD_PLACE, {"said": {}})
        with pytest.raises(TypeError, match=r"place\.id"):
            session.commit()


def test_two_last_words_that_change_one_table_are_refused_and_nothing_is_done(recorded: sessionmaker[Session]) -> None:
    with recorded.begin() as session:
        say_last(session, _ADD_PLACE, {"id": 7, "said": {}})
    with recorded() as session:
        say_last(session, _NOTE, {"what": "undone"})
        say_last(session, _RENAME, {"changed_id": 7, "said": {"at": "桥"}})
        say_last(session, _RANK, {"place_id": 7, "rank": 2})
        with pytest.raises(TypeError, match="two statements said last: place"):
            session.commit()
        session.rollback()
        assert session.execute(sa.select(_PLACE)).all() == [(7, {}, 1)]
        assert not session.scalars(_NOTED).all()


def test_nothing_is_said_of_a_transaction_that_is_rolled_back(recorded: sessionmaker[Session]) -> None:
    with recorded() as session:
        session.execute(_NOTED)
        say_last(session, _NOTE, {"what": "undone"})
        session.rollback()
        session.execute(_NOTED)
        session.commit()
        assert not session.scalars(_NOTED).all()


_PLACE = sa.Table(
    "place",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, default=lambda: 1),
    sa.Column("said", JSONB),
    sa.Column("rank", sa.Integer, server_default="1"),
)
_ADD_PLACE = sa.insert(_PLACE)
_RENAME = sa.update(_PLACE).where(_PLACE.c.id == sa.bindparam("changed_id"))
_RANK = sa.update(_PLACE).where(_PLACE.c.id == sa.bindparam("place_id")).values(rank=sa.bindparam("rank"))
_HAND_ON = sa.text("INSERT INTO handed_on (what) VALUES (:what) RETURNING pg_notify('heard', what)")
_NOTE = sa.text("INSERT INTO noted (what) VALUES (:what)")
_NOTED = sa.text("SELECT what FROM noted ORDER BY number")


@pytest.fixture
def recorded(postgres: Cluster) -> Iterator[sessionmaker[Session]]:
    engine = engine_for(postgres.create_database("connections"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE noted (number serial, what text)"))
        connection.execute(sa.text("CREATE TABLE handed_on (what text)"))
        _PLACE.create(connection)
    sessions = sessionmaker(engine)
    install(sessions)
    yield sessions
    engine.dispose()
