"""A fact and its event are one commit; a publisher's events have one order without gaps."""

import threading
from contextlib import suppress
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.bus import outbox, partitions, tables
from shenbao_common.bus.stamping import Log
from shenbao_common.kernel import clock, trace
from shenbao_common.kernel.errors import Conflict
from shenbao_common.testing.bus import Counter, CounterRaisedV1
from shenbao_common.testing.service import eventually


def test_the_event_of_a_rolled_back_change_does_not_exist(counter: Counter) -> None:
    with counter.sessions() as session:
        outbox.record(session, CounterRaisedV1(counter="a", number=1))
        session.rollback()
    counter.raise_counter("a", 2)
    with counter.relay():
        eventually(lambda: counter.published() == 1)
    assert [row.data for row in counter.rows(sa.select(tables.outbox))] == [{"counter": "a", "number": 2}]


def test_a_session_remembers_what_it_told_for_version_tokens(counter: Counter) -> None:
    with counter.sessions() as session:
        outbox.record(session, CounterRaisedV1(counter="a", number=1))
        told = outbox.record(session, CounterRaisedV1(counter="a", number=2))
        with suppress(Conflict), session.begin_nested():
            outbox.record(session, CounterRaisedV1(counter="a", number=3))
            raise Conflict("too_late")
        assert outbox.recorded(session) == {"counter.raised.v1": told}
        session.commit()
        assert outbox.recorded(session) == {"counter.raised.v1": told}
    assert [row.data["number"] for row in counter.rows(sa.select(tables.outbox).order_by(tables.outbox.c.id))] == [1, 2]


def test_an_event_carries_the_trace_of_the_request_that_told_it(counter: Counter) -> None:
    begun = trace.start()
    counter.raise_counter("a", 1)
    assert [row.trace for row in counter.rows(sa.select(tables.outbox))] == [begun]


def test_a_transaction_that_commits_late_gets_a_later_position_and_leaves_no_gap(counter: Counter) -> None:
    slow, quick = counter.sessions(), counter.sessions()
    with slow, quick:
        outbox.record(slow, CounterRaisedV1(counter="slow", number=1))
        outbox.record(quick, CounterRaisedV1(counter="quick", number=1))
        with counter.relay():
            quick.commit()
            eventually(lambda: counter.published() == 1)
            slow.commit()
            eventually(lambda: counter.published() == 2)
    told = counter.rows(sa.select(tables.outbox).order_by(tables.outbox.c.position))
    assert [(row.subject, row.position) for row in told] == [("quick", 1), ("slow", 2)]


def test_events_of_one_millisecond_keep_the_order_in_which_they_were_told(counter: Counter) -> None:
    with counter.sessions.begin() as session:
        for number in range(100):
            outbox.record(session, CounterRaisedV1(counter="a", number=number))
    with counter.relay():
        eventually(lambda: counter.published() == 100)
    told = counter.rows(sa.select(tables.outbox).order_by(tables.outbox.c.position))
    assert [row.data["number"] for row in told] == list(range(100))


def test_a_host_whose_clock_is_ahead_does_not_turn_the_order_round(counter: Counter) -> None:
    ahead, behind = UUID("ffffffff-ffff-7000-8000-000000000000"), UUID("00000000-0000-7000-8000-000000000000")
    with counter.engine.begin() as connection:
        for event_id, number in ((ahead, 1), (behind, 2)):
            row = {"id": event_id, "type": "counter.raised.v1", "subject": "a", "data": {"number": number}}
            connection.execute(sa.insert(tables.outbox).values(row | {"time": clock.now()}))
    with counter.relay():
        eventually(lambda: counter.published() == 2)
    told = counter.rows(sa.select(tables.outbox).order_by(tables.outbox.c.position))
    assert [row.id for row in told] == [ahead, behind]


def test_many_writers_at_once_leave_positions_without_gaps(counter: Counter) -> None:
    def write(name: str) -> None:
        counter.raise_counter(name, *range(50))

    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    with counter.relay():
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        eventually(lambda: counter.published() == 200)
    assert sorted(p for p in counter.positions() if p is not None) == list(range(1, 201))


def test_only_one_relay_holds_a_database_and_the_next_goes_on_where_it_ended(counter: Counter) -> None:
    first = Log.take(counter.url, at_once=True)
    assert first is not None
    assert Log.take(counter.url, at_once=True) is None
    counter.raise_counter("a", 1, 2)
    assert [entry.position for entry in first.stamp()] == [1, 2]
    first.close()
    second = eventually(lambda: Log.take(counter.url, at_once=True))
    assert second is not None
    counter.raise_counter("a", 3)
    assert [entry.position for entry in second.stamp()] == [3]
    second.close()


def test_months_are_made_ahead_and_take_their_rows_out_of_the_default_partition(counter: Counter) -> None:
    month = partitions.Month.of(clock.now())
    with counter.engine.begin() as connection:
        connection.execute(sa.text(f"DROP TABLE {month.name}"))
    counter.raise_counter("a", 1)
    with counter.engine.begin() as connection:
        assert partitions.make_ahead(connection, clock.now()) == [month.name]
        assert partitions.make_ahead(connection, clock.now()) == []
        assert connection.scalar(sa.select(sa.func.count()).select_from(sa.table(month.name))) == 1
        assert connection.scalar(sa.text("SELECT count(*) FROM outbox_default")) == 0


@pytest.mark.parametrize(("waits", "gone"), [(True, False), (False, True)])
def test_an_old_month_goes_only_when_nothing_in_it_waits(counter: Counter, *, waits: bool, gone: bool) -> None:
    old = partitions.Month(2001, 1)
    with counter.engine.begin() as connection:
        partitions.make_ahead(connection, clock.now().replace(year=2001, month=1, day=5), months=0)
        row = {"id": old.first_id, "type": "counter.raised.v1", "subject": "a", "data": {}, "time": clock.now()}
        published = None if waits else clock.now()
        connection.execute(sa.insert(tables.outbox).values(row | {"published_at": published}))
        assert partitions.drop_old(connection, clock.now()) == ([old.name] if gone else [])
        connection.execute(sa.text("DROP TABLE IF EXISTS outbox_2001_01"))


def test_positions_go_on_when_the_whole_log_has_been_dropped(counter: Counter) -> None:
    counter.raise_counter("a", 1, 2)
    with counter.relay():
        eventually(lambda: counter.published() == 2)
    with counter.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE outbox"))
    counter.raise_counter("a", 3)
    with counter.relay():
        eventually(lambda: counter.published() == 1)
    assert counter.positions() == [3]
