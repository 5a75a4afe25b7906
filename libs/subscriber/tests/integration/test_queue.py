"""From a queue of its own, on a real RabbitMQ, made whole by the feed."""

import re
from dataclasses import replace
from typing import Any

import kombu
import pytest

from shenbao_common.bus import feed, topology
from shenbao_common.bus.envelope import Envelope
from shenbao_common.testing.bus import Counter, CounterRaisedV1, CounterReadV1, publish, publish_raw
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import depth
from shenbao_common.testing.service import eventually
from shenbao_subscriber import PublisherReset, QueueRefused


def delete(url: str, queue: str) -> None:
    with kombu.Connection(url) as connection:
        connection.channel().queue_delete(queue)


def test_events_come_once_in_order_and_jumps_of_other_types_ask_no_feed(
    queues: str, counter: Counter, system: Any
) -> None:
    with counter.relay(queues), system.listening(queues):
        counter.raise_counter("a", 0)
        eventually(lambda: system.numbers() == [0])
        eventually(lambda: system.come_to() == {"counter": 1})
        asked = system.api.feed_reads
        for number in range(1, 20):
            counter.tell(CounterReadV1(counter="a"), CounterRaisedV1(counter="a", number=number))
        eventually(lambda: system.numbers() == list(range(20)))
        counter.tell(CounterReadV1(counter="a"))
        eventually(lambda: system.come_to() == {"counter": 40})
        assert system.api.feed_reads == asked
    assert depth(queues, "my-system") == 0


def test_an_event_has_everything_the_message_said(queues: str, counter: Counter, system: Any) -> None:
    with counter.relay(queues), system.listening(queues):
        (told,) = counter.tell(CounterRaisedV1(counter="甲", number=1), revision=7)
        eventually(lambda: system.numbers() == [1])
    (event,) = system.heard
    assert (event.id, event.type, event.source) == (str(told), "counter.raised.v1", "counter")
    assert (event.subject, event.sequence, event.revision, event.replayed) == ("甲", 1, 7, False)
    assert event.time.tzinfo is not None


def test_what_was_told_in_its_absence_is_caught_up_even_if_its_queue_is_gone(
    queues: str, counter: Counter, system: Any
) -> None:
    with counter.relay(queues):
        counter.raise_counter("a", 1, 2)  # before there ever was a queue
        with system.listening(queues):
            eventually(lambda: system.numbers() == [1, 2])
        counter.raise_counter("a", 3)
        with system.listening(queues):
            eventually(lambda: system.numbers() == [1, 2, 3])


def test_a_loss_is_noticed_by_the_next_message_and_read_first(queues: str, counter: Counter, system: Any) -> None:
    counter.raise_counter("a", 1, 2, 3)
    with counter.relay():
        eventually(lambda: counter.published() == 3)
    system.api.away = True
    with counter.sessions() as session:
        _, _, third = feed.read(session, 0, 10).events
    with counter.relay(queues), system.listening(queues):
        before = eventually(lambda: system.api.refusals)  # it has asked, so its queue is bound
        publish(queues, replace(third, heads="2"))
        eventually(lambda: system.api.refusals > before + 1)
        assert system.heard == [], "order goes before speed"
        system.api.away = False
        eventually(lambda: system.numbers() == [1, 2, 3])
        counter.raise_counter("a", 4)
        eventually(lambda: system.numbers() == [1, 2, 3, 4])


def test_a_message_that_comes_twice_is_handled_once_unless_it_is_replayed(
    queues: str, counter: Counter, system: Any
) -> None:
    with counter.relay(queues), system.listening(queues):
        counter.raise_counter("a", 1)
        eventually(lambda: system.numbers() == [1])
        with counter.sessions() as session:
            (again,) = feed.read(session, 0, 10).events
        publish(queues, again)
        counter.raise_counter("a", 2)
        eventually(lambda: system.numbers() == [1, 2])
        headers = again.to_headers() | {"cloudEvents:replayed": True}
        publish_raw(queues, again.type, headers, again.to_body())
        eventually(lambda: system.numbers() == [1, 2, 1])
    assert [event.replayed for event in system.heard] == [False, False, True]


def test_a_handler_that_fails_is_tried_again_in_order(queues: str, counter: Counter, system: Any) -> None:
    system.faults = [OSError("my database is away")] * 3
    with counter.relay(queues), system.listening(queues):
        counter.raise_counter("a", 1, 2, 3)
        eventually(lambda: system.numbers() == [1, 2, 3])
    assert system.tried == [1, 1, 1, 1, 2, 3]


def test_what_never_succeeded_is_not_acknowledged_and_comes_again(queues: str, counter: Counter, system: Any) -> None:
    system.faults = [ValueError("a bug of mine")] * 1000
    with counter.relay(queues):
        with system.listening(queues):
            counter.raise_counter("a", 1)
            eventually(lambda: len(system.tried) > 2)
        assert (system.heard, system.come_to()) == ([], {})
        system.faults.clear()
        with system.listening(queues):
            eventually(lambda: system.numbers() == [1])


def test_what_cannot_be_read_is_kept_and_the_next_event_taken(queues: str, counter: Counter, system: Any) -> None:
    schemas = {"counter.named.v1": {"properties": {"number": {"type": "string"}}}}
    with counter.relay(queues), system.listening(queues, schemas=schemas):
        counter.raise_counter("a", 1)
        eventually(lambda: system.numbers() == [1])
        publish_raw(queues, "counter.raised.v1", {}, b"{}")
        publish_raw(queues, "counter.raised.v1", {}, b"no json")
        named = Envelope.of(CounterRaisedV1(counter="a", number=5), position=1)
        publish_raw(
            queues, "counter.named.v1", named.to_headers() | {"cloudEvents:type": "counter.named.v1"}, b'{"number": 5}'
        )
        counter.raise_counter("a", 2)
        eventually(lambda: system.numbers() == [1, 2])
        eventually(lambda: depth(queues, "my-system.dead") == 3)
    assert len(system.unread) == 3
    assert system.unread[1:] == ["the body is no JSON", "data.number is not of type string"]


def test_it_comes_back_when_the_broker_does(
    mortal_rabbit: PrivateRabbit, queues: str, counter: Counter, system: Any
) -> None:
    with counter.relay(mortal_rabbit.url), system.listening(mortal_rabbit.url):
        counter.raise_counter("a", 1)
        eventually(lambda: system.numbers() == [1])
        mortal_rabbit.kill9()
        mortal_rabbit.wipe()
        counter.raise_counter("a", 2)
        eventually(lambda: system.numbers() == [1, 2])
        mortal_rabbit.start()
        eventually(lambda: depth(mortal_rabbit.url, "my-system") >= 0, seconds=30)
        counter.raise_counter("a", 3)
        eventually(lambda: system.numbers() == [1, 2, 3], seconds=30)


def test_a_queue_with_other_arguments_is_for_a_person(queues: str, system: Any) -> None:
    with system.listening(queues):
        eventually(lambda: depth(queues, "my-system") >= 0)
    with pytest.raises(QueueRefused, match=r"my-system\.dead"):
        system.subscriber(queues, queue="my-system.dead").run()


def test_a_wrong_password_is_for_a_person(queues: str, system: Any) -> None:
    wrong = re.sub(r"//[^@]*@", "//nobody:wrong@", queues)
    with pytest.raises(QueueRefused, match=r"ACCESS_REFUSED"):
        system.subscriber(wrong).run()


def test_a_publisher_that_lost_its_past_is_for_a_person(counter: Counter, system: Any) -> None:
    system.file.write_text('{"counter": 9}', encoding="utf-8")
    with pytest.raises(PublisherReset):
        system.subscriber().run()


def test_a_queue_that_somebody_else_made_is_only_consumed(queues: str, counter: Counter, system: Any) -> None:
    with counter.relay(queues), kombu.Connection(queues) as connection:
        channel = connection.channel()
        channel.queue_declare("my-system", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        channel.queue_bind("my-system", topology.EXCHANGE, "counter.raised.v1")
        with system.listening(queues, declare=False):
            counter.raise_counter("a", 1, 2)
            eventually(lambda: system.numbers() == [1, 2])
            eventually(lambda: depth(queues, "my-system") == 0)
    assert depth(queues, "my-system.dead") == -1


def test_the_rights_that_the_readme_names_are_enough(
    mortal_rabbit: PrivateRabbit, queues: str, counter: Counter, system: Any
) -> None:
    own = r"^(my-system.*|amq\.default)$"
    mortal_rabbit.control("add_user", "my-system", "own")
    try:
        mortal_rabbit.control("set_permissions", "my-system", own, own, r"^(my-system.*|shenbao\.events)$")
        with counter.relay(mortal_rabbit.url):
            counter.raise_counter("a", 1)
            eventually(lambda: counter.published() == 1)
            url = mortal_rabbit.url.replace("guest:guest", "my-system:own")
            with system.listening(url):
                eventually(lambda: system.numbers() == [1])
                eventually(lambda: depth(mortal_rabbit.url, "my-system") >= 0)
                publish_raw(mortal_rabbit.url, "counter.raised.v1", {}, b"no json")
                eventually(lambda: depth(mortal_rabbit.url, "my-system.dead") == 1)
    finally:
        mortal_rabbit.control("delete_user", "my-system")


def test_a_queue_that_is_deleted_under_its_listener_is_made_again_and_nothing_is_missed(
    queues: str, counter: Counter, system: Any
) -> None:
    with counter.relay(queues), system.listening(queues):
        counter.raise_counter("a", 1)
        eventually(lambda: system.numbers() == [1])
        delete(queues, "my-system")
        counter.raise_counter("a", 2, 3)
        eventually(lambda: system.numbers() == [1, 2, 3])
        eventually(lambda: depth(queues, "my-system") == 0)
        asked = system.api.feed_reads
        counter.raise_counter("a", 4)
        eventually(lambda: system.numbers() == [1, 2, 3, 4])
        assert system.api.feed_reads == asked, "it came by the new queue"
