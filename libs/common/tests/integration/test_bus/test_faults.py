"""What cannot be handled is tried again at set times, kept, shown, and can be sent again. Nothing is dropped."""

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from shenbao_common.bus import inbox, replay, tables, timeline, topology
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.faults import SCHEDULE, pause_after
from shenbao_common.bus.intake import Intake
from shenbao_common.kernel import clock, trace
from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.bus import (
    Counter,
    CounterNamedV1,
    CounterRaisedV1,
    CounterReadV1,
    Listener,
    publish_raw,
)
from shenbao_common.testing.service import eventually

PASSING = OperationalError("select 1", {}, Exception("away"))


def raised(counter: str, number: int, *, revision: int = 0) -> Envelope:
    return Envelope.of(CounterRaisedV1(counter=counter, number=number), position=number, revision=revision)


def take(intake: Intake, *envelopes: Envelope) -> None:
    intake.take(envelopes, {"counter": max(e.position for e in envelopes)})


def test_a_passing_fault_is_tried_again_at_once(listener: Listener) -> None:
    event = raised("a", 1)
    listener.faults["a", 1] = [PASSING, PASSING]
    take(listener.intake(), event)
    assert (listener.numbers(), listener.state(event.id).state, listener.state(event.id).attempts) == (
        [1],
        "handled",
        3,
    )


def test_a_longer_fault_puts_an_event_off_and_counts_its_tries(listener: Listener) -> None:
    event, intake, moment = raised("a", 1), listener.intake(), clock.now()
    at_that_moment = listener.intake(now=lambda: moment)
    listener.faults["a", 1] = [PASSING] * 7
    take(at_that_moment, event)
    waiting = listener.state(event.id)
    assert (waiting.state, waiting.attempts, waiting.error[:16]) == ("deferred", 3, "OperationalError")
    assert at_that_moment.take_due() == 0, "its time has not come"
    eventually(lambda: intake.take_due() and listener.numbers() == [1])
    done = listener.state(event.id)
    assert (done.state, done.attempts, done.error, done.envelope) == ("handled", 8, None, None)


def test_later_events_of_a_subject_wait_behind_a_deferred_one_while_others_go_on(listener: Listener) -> None:
    intake = listener.intake()
    listener.faults["a", 1] = [PASSING] * 4
    take(intake, raised("a", 1), raised("b", 2), raised("a", 3), raised("b", 4))
    take(intake, raised("a", 5), raised("b", 6))
    assert listener.numbers() == [2, 4, 6]
    eventually(lambda: intake.take_due() and listener.numbers("a") == [1, 3, 5])


def test_a_refusal_is_parked_at_once_with_its_reason_and_can_be_sent_back(listener: Listener) -> None:
    event, intake = raised("a", 1), listener.intake()
    listener.faults["a", 1] = [RuleBroken("closed", Problem("too_late", "submitted_at"))] * 2
    take(intake, event, raised("a", 2))
    assert listener.numbers() == [2], "a parked event holds nobody up"
    with listener.sessions.begin() as session:
        (parked,) = inbox.parked(session).items
        assert (parked.event_id, parked.error) == (event.id, "RuleBroken: closed (too_late at submitted_at)")
        assert inbox.send_back(session, [event.id]) == 1
    assert intake.take_due() == 1
    assert listener.numbers() == [2, 1]
    assert listener.state(event.id).state == "handled"


def test_when_the_chances_are_used_up_an_event_is_parked_and_the_next_goes_on(listener: Listener) -> None:
    event, intake = raised("a", 1), listener.intake()
    listener.faults["a", 1] = [PASSING] * 1000
    take(intake, event)
    take(intake, raised("a", 2))
    eventually(lambda: intake.take_due() and listener.numbers() == [2])
    parked = listener.state(event.id)
    assert (parked.state, parked.attempts) == ("parked", 12)
    assert parked.error.startswith("no more tries: OperationalError")
    listener.faults.clear()
    with listener.sessions.begin() as session:
        assert inbox.send_back(session) == 1
    intake.take_due()
    assert listener.numbers() == [2, 1]


def test_the_schedule_is_a_second_to_an_hour_and_then_hourly_for_a_day() -> None:
    pauses = [pause_after(3 * n, SCHEDULE) for n in range(1, 32)]
    seconds = [None if pause is None else pause.total_seconds() for pause in pauses]
    assert seconds == [1, 5, 30, 120, 600, 3600, *[3600] * 24, None]


def test_a_reason_never_repeats_what_a_database_said(listener: Listener) -> None:
    event = raised("a", 1)
    listener.faults["a", 1] = [OperationalError("select", {}, Exception("Key (name)=(王小明) exists"))] * 3
    take(listener.intake(), event)
    assert "王小明" not in listener.state(event.id).error


def test_one_bad_event_in_a_batch_leaves_the_others_handled_once(listener: Listener) -> None:
    listener.faults["c", 50] = [RuleBroken("closed")] * 2
    take(listener.intake(), *(raised("abc"[n % 3], n) for n in range(1, 101)))
    assert sorted(listener.numbers()) == [n for n in range(1, 101) if n != 50]


def test_an_older_revision_than_the_known_one_counts_as_handled(listener: Listener) -> None:
    newer, older = raised("a", 2, revision=5), raised("a", 1, revision=4)
    take(listener.intake(), newer)
    take(listener.intake(), older, raised("a", 3, revision=6), raised("a", 4, revision=6))
    assert listener.numbers() == [2, 3, 4]
    kept = listener.state(older.id)
    assert (kept.state, kept.error) == ("handled", "older than the known revision")


def test_a_parked_event_overtaken_by_a_newer_revision_is_not_applied_when_sent_back(
    listener: Listener,
) -> None:
    intake, old = listener.intake(), raised("a", 1, revision=1)
    listener.faults["a", 1] = [RuleBroken("closed")]
    take(intake, old)
    take(intake, raised("a", 2, revision=2))
    with listener.sessions.begin() as session:
        inbox.send_back(session)
    intake.take_due()
    assert (listener.numbers(), listener.state(old.id).error) == ([2], "older than the known revision")


def test_data_that_break_the_promise_are_parked_with_the_field(listener: Listener) -> None:
    event = raised("a", 1)
    event.data["number"] = "many"
    take(listener.intake(), event)
    assert (listener.state(event.id).state, listener.numbers()) == ("parked", [])
    assert listener.state(event.id).error == "Unreadable: the data breaks its promise in number"


def test_an_unreadable_message_is_parked_as_it_came(broker: str, counter: Counter, listener: Listener) -> None:
    with listener.worker(counter.feed, broker), counter.relay(broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        headers = raised("a", 2).to_headers()
        publish_raw(broker, "counter.raised.v1", headers, b"{not json")
        publish_raw(broker, "counter.raised.v1", {"compression": "application/x-bz2"}, b"no event at all")
        counter.raise_counter("a", 3)
        eventually(lambda: listener.numbers() == [1, 3])
    with listener.sessions() as session:
        ours, foreign = inbox.parked(session).items
    assert ours.error == foreign.error == "Unreadable: the body is no JSON"
    assert (str(ours.event_id), ours.envelope["body"]) == (headers["cloudEvents:id"], "e25vdCBqc29u")
    assert (foreign.source, foreign.type) == ("unreadable", "unreadable")


def test_an_unknown_type_in_the_own_queue_is_parked_at_once(broker: str, counter: Counter, listener: Listener) -> None:
    with listener.worker(counter.feed, broker), counter.relay(broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        unknown = Envelope.of(CounterReadV1(counter="a"), position=2)
        publish_raw(broker, "counter.raised.v1", unknown.to_headers(), unknown.to_body())
        eventually(lambda: listener.state(unknown.id))
    assert listener.state(unknown.id).state == "parked"
    assert listener.state(unknown.id).error == "UnknownType: counter.read.v1"


def test_what_the_broker_gave_up_is_parked_by_the_worker(broker: str, counter: Counter, listener: Listener) -> None:
    with listener.worker(counter.feed, broker), counter.relay(broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        given_up = raised("b", 2)
        publish_raw(broker, "listener", given_up.to_headers(), given_up.to_body(), exchange=topology.DEAD)
        eventually(lambda: listener.state(given_up.id))
    assert listener.state(given_up.id).error == "given up by the broker"
    with listener.sessions.begin() as session:
        inbox.send_back(session)
    listener.intake().take_due()
    assert listener.numbers("b") == [2]


def test_deferred_events_are_taken_up_by_the_worker_itself(broker: str, counter: Counter, listener: Listener) -> None:
    listener.faults["a", 1] = [PASSING] * 5
    with listener.worker(counter.feed, broker), counter.relay(broker):
        counter.raise_counter("a", 1, 2, 3)
        counter.raise_counter("b", 4)
        eventually(lambda: listener.numbers("b") == [4])
        eventually(lambda: listener.numbers("a") == [1, 2, 3])


def test_a_chosen_part_of_the_past_can_be_read_again_without_doubling_anything(
    counter: Counter, listener: Listener
) -> None:
    counter.raise_counter("a", 1, 2, 3)
    (named,) = counter.tell(CounterNamedV1(counter="a", number=4))
    with counter.relay():
        eventually(lambda: counter.published() == 4)
    with listener.worker(counter.feed):
        eventually(lambda: listener.numbers() == [1, 2, 3, 4])
    with listener.engine.begin() as connection:
        connection.execute(sa.delete(tables.inbox).where(tables.inbox.c.event_id == named))
    with listener.sessions.begin() as session:
        asked = replay.ask(session, replay.Wanted(source="counter", after=1), by=uuid7())
    with listener.worker(counter.feed), listener.sessions() as session:
        done = eventually(lambda: (row := replay.found(session, asked)) and row.finished_at and row)
    assert (done.read, done.reached, done.error) == (3, 4, None)
    assert listener.numbers() == [1, 2, 3, 4, 4]
    assert [row.replayed for row in listener.rows(sa.select(tables.inbox).order_by(tables.inbox.c.position))] == [
        False,
        False,
        False,
        True,
    ]


def test_a_timeline_tells_what_happened_to_a_subject_and_within_a_trace(counter: Counter, listener: Listener) -> None:
    begun = trace.start()
    counter.raise_counter("a", 1)
    with counter.relay(), listener.worker(counter.feed):
        eventually(lambda: listener.numbers() == [1])
    with counter.sessions() as session:
        (told,) = timeline.of_subject(session, "a", ()).items
    with listener.sessions() as session:
        (heard,) = timeline.of_trace(session, begun.split("-")[1]).items
        assert timeline.of_subject(session, "a", ("counter",)).items == [heard]
    assert (told.way, told.state, told.position) == ("told", "published", 1)
    assert (heard.way, heard.state, heard.event_id) == ("heard", "handled", told.event_id)
