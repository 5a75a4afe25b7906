"""The feed is the past by position, and embedded the only way."""

from datetime import timedelta

from shenbao_common.bus import feed, inbox
from shenbao_common.kernel import clock
from shenbao_common.testing.bus import Counter, CounterNamedV1, CounterRaisedV1, CounterReadV1, Listener
from shenbao_common.testing.service import eventually


def test_a_page_says_how_far_it_has_come_whatever_it_was_asked_for(counter: Counter) -> None:
    counter.raise_counter("a", 1, 2, 3)
    counter.tell(CounterReadV1(counter="a"), CounterReadV1(counter="a"))
    with counter.relay():
        eventually(lambda: counter.published() == 5)
    with counter.sessions() as session:
        first = feed.read(session, 0, 2, types=["cn.shenbao.counter.raised.v1"])
        assert ([e.position for e in first.events], first.next, first.watermark) == ([1, 2], 2, 5)
        rest = feed.read(session, first.next, 2, types=["counter.raised.v1"])
        assert ([e.position for e in rest.events], rest.next, rest.watermark) == ([3], 5, 5)
        past_the_end = feed.read(session, 9, 2)
        assert (list(past_the_end.events), past_the_end.next) == ([], 9)


def test_a_feed_can_be_narrowed_to_a_subject_and_a_time(counter: Counter) -> None:
    counter.raise_counter("a", 1)
    counter.raise_counter("b", 1)
    with counter.relay():
        eventually(lambda: counter.published() == 2)
    with counter.sessions() as session:
        assert [e.subject for e in feed.read(session, 0, 10, subject="b").events] == ["b"]
        assert list(feed.read(session, 0, 10, since=clock.now() + timedelta(hours=1)).events) == []


def test_what_is_not_committed_and_stamped_is_not_in_the_feed(counter: Counter) -> None:
    counter.raise_counter("a", 1)
    with counter.sessions() as session:
        assert feed.read(session, 0, 10) == feed.FeedPage([], 0, 0)


def test_without_a_broker_a_listener_lives_from_the_feed_alone(counter: Counter, listener: Listener) -> None:
    with counter.relay(), listener.worker(counter.feed):
        counter.raise_counter("a", 1, 2)
        counter.tell(CounterReadV1(counter="a"), CounterNamedV1(counter="a", number=3))
        eventually(lambda: listener.numbers() == [1, 2, 3])
        with listener.sessions() as session:
            eventually(lambda: feed.position_of(session, "counter") == 4)


def test_a_late_listener_reads_the_past(counter: Counter, listener: Listener) -> None:
    counter.raise_counter("a", *range(500))
    with counter.relay():
        eventually(lambda: counter.published() == 500)
    with listener.worker(counter.feed):
        eventually(lambda: listener.numbers() == list(range(500)))


def test_a_write_is_known_to_have_been_heard_by_its_event(counter: Counter, listener: Listener) -> None:
    (told,) = counter.tell(CounterRaisedV1(counter="a", number=1))
    with listener.sessions() as session:
        assert not inbox.has_handled(session, "counter.raised.v1", told)
    with counter.relay(), listener.worker(counter.feed):
        eventually(lambda: listener.numbers() == [1])
    with listener.sessions() as session:
        assert inbox.has_handled(session, "counter.raised.v1", told)
        assert inbox.has_handled(session, "cn.shenbao.counter.raised.v1", told)
