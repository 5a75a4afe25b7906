"""A service that hears events for others gets them as they came, after it has read what it needs of them itself."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import single
from shenbao_common.bus.envelope import Envelope
from shenbao_common.testing.bus import Counter, CounterNamedV1, CounterRaisedV1, CounterReadV1, Listener
from shenbao_common.testing.service import eventually

_EFFECTS = sa.text("SELECT number FROM effect ORDER BY id")


def test_what_is_passed_on_comes_whole_and_after_the_own_handlers(counter: Counter, listener: Listener) -> None:
    passed: list[tuple[Envelope, list[int]]] = []

    def pass_on(session: Session, envelope: Envelope) -> None:
        with_this = [row.number for row in session.execute(_EFFECTS)]
        passed.append((envelope, with_this))

    listener.subscriptions.pass_on([CounterReadV1], pass_on)
    told = counter.tell(CounterRaisedV1(counter="a", number=1), CounterReadV1(counter="a", number=2))
    with counter.relay(), listener.worker(counter.feed):
        eventually(lambda: len(passed) == 2)
    assert [(e.id, e.type, e.position) for e, _ in passed] == [
        (told[0], "counter.raised.v1", 1),
        (told[1], "counter.read.v1", 2),
    ]
    assert [numbers for _, numbers in passed] == [[1], [1]], "the handler of the first had run before it was passed on"


def test_what_is_only_passed_on_is_heard_but_not_read(listener: Listener) -> None:
    def nothing(_session: Session, _envelope: Envelope) -> None:
        """Takes it."""

    listener.subscriptions.pass_on([CounterReadV1], nothing)
    assert "counter.read.v1" in listener.subscriptions.types
    assert listener.subscriptions.event_types == (CounterRaisedV1, CounterNamedV1)


def test_two_kinds_of_work_do_not_wait_for_each_other(listener: Listener) -> None:
    with single.turn(listener.engine) as hearing, single.turn(listener.engine, 4711) as other:
        assert hearing is not None
        assert other is not None
        with single.turn(listener.engine, 4711) as second:
            assert second is None
