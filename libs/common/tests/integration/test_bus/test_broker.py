"""On RabbitMQ: from commit to handler, once and in order, and readable by anybody who knows CloudEvents."""

import json
from contextlib import closing
from datetime import UTC, datetime
from threading import Event
from typing import Any

import kombu
import pika
import pytest
from cloudevents.core.bindings.amqp import AMQPMessage, from_amqp
from cloudevents.core.formats.json import JSONFormat

from shenbao_common.bus import feed
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import LocalFeed
from shenbao_common.bus.relay import Pace
from shenbao_common.bus.topology import Mismatch
from shenbao_common.bus.worker import run_worker
from shenbao_common.kernel import trace
from shenbao_common.testing.bus import (
    Asked,
    Counter,
    CounterNamedV1,
    CounterRaisedV1,
    CounterReadV1,
    Listener,
    declare,
    publish,
)
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean, depth
from shenbao_common.testing.service import eventually


def test_events_reach_their_listener_once_and_in_order(broker: str, counter: Counter, listener: Listener) -> None:
    with counter.relay(broker), listener.worker(counter.feed, broker):
        for number in range(20):
            counter.tell(CounterRaisedV1(counter="a", number=number), CounterReadV1(counter="a"))
            counter.tell(CounterNamedV1(counter="b", number=number))
        eventually(lambda: len(listener.numbers()) == 40)
    assert listener.numbers("a") == listener.numbers("b") == list(range(20))
    assert counter.published() == 60


def test_a_message_that_comes_twice_is_handled_once(broker: str, counter: Counter, listener: Listener) -> None:
    with counter.relay(broker), listener.worker(counter.feed, broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        with counter.sessions() as session:
            (again,) = feed.read(session, 0, 10).events
        publish(broker, again)
        counter.raise_counter("a", 2)
        eventually(lambda: listener.numbers() == [1, 2])


def test_the_watermark_moves_a_listener_past_what_it_does_not_hear(
    broker: str, counter: Counter, listener: Listener
) -> None:
    asked = Asked(counter.feed)
    with counter.relay(broker), listener.worker(asked, broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        counter.tell(*[CounterReadV1(counter="a")] * 5)
        eventually(lambda: position(listener) == 6)
    assert asked.times == 1, "the feed was read at the start and never again"


def test_a_second_relay_sends_nothing(broker: str, counter: Counter, listener: Listener) -> None:
    declare(broker)
    slow = Pace(poll=0.1, watermark=3600)
    with counter.relay(broker, slow), counter.relay(broker, slow):
        counter.raise_counter("a", *range(10))
        eventually(lambda: counter.published() == 10)
        eventually(lambda: depth(broker, "listener.inbox") >= 10)
    events = depth(broker, "listener.inbox") - 1
    assert events == 10, "ten, and the first watermark"


def test_a_second_worker_waits_for_its_turn(broker: str, counter: Counter, listener: Listener) -> None:
    with counter.relay(broker), listener.worker(counter.feed, broker):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        with listener.worker(counter.feed, broker):
            counter.raise_counter("a", *range(2, 30))
            eventually(lambda: len(listener.numbers()) == 29)
    assert listener.numbers() == list(range(1, 30))


def test_the_cloudevents_sdk_reads_a_message_that_pika_fetched(broker: str, counter: Counter) -> None:
    declare(broker)
    begun = trace.start()
    with counter.relay(broker):
        (told,) = counter.tell(CounterRaisedV1(counter="a", number=7), revision=3)
        method, properties, body = fetch(broker, "listener.inbox")
    assert method.routing_key == "counter.raised.v1"
    assert (properties.message_id, properties.delivery_mode) == (str(told), 2)
    message = AMQPMessage({"content-type": properties.content_type}, properties.headers, body)
    event = from_amqp(message, JSONFormat())
    assert event.get_id() == str(told)
    assert event.get_source() == "/shenbao/counter"
    assert event.get_type() == "cn.shenbao.counter.raised.v1"
    assert event.get_subject() == "a"
    assert event.get_data() == {"counter": "a", "number": 7}
    at = event.get_time()
    assert at is not None
    assert (datetime.now(UTC) - at).total_seconds() < 60
    assert event.get_extension("traceparent") == begun
    assert (int(event.get_extension("sequence")), event.get_extension("revision")) == (1, 3)


def test_the_cloudevents_sdk_reads_an_entry_of_the_feed(counter: Counter) -> None:
    counter.raise_counter("a", 1)
    with counter.relay():
        eventually(lambda: counter.published() == 1)
    with counter.sessions() as session:
        (entry,) = feed.read(session, 0, 10).events
    event = JSONFormat().read(None, json.dumps(entry.to_structured()))
    assert (event.get_type(), event.get_data()) == ("cn.shenbao.counter.raised.v1", {"counter": "a", "number": 1})
    assert Envelope.from_structured(entry.to_structured()) == entry


def test_a_queue_with_other_arguments_stops_the_start_with_a_clear_message(broker: str, listener: Listener) -> None:
    with kombu.Connection(broker) as connection:
        connection.channel().queue_declare("listener.inbox", durable=True, auto_delete=False)
    feeds = {"counter": LocalFeed(listener.sessions)}
    with pytest.raises(Mismatch, match=r"listener\.inbox exists on the broker with other arguments"):
        run_worker(listener.sessions, listener.subscriptions, broker_url=broker, feeds=feeds, stop=Event())


def test_while_its_queue_cannot_be_opened_a_listener_goes_on_by_the_feed(counter: Counter, listener: Listener) -> None:
    nobody_listens = "amqp://guest:guest@127.0.0.1:1//"
    with counter.relay(), listener.worker(counter.feed, nobody_listens):
        counter.raise_counter("a", 1, 2)
        eventually(lambda: listener.numbers() == [1, 2])


def test_a_service_that_could_not_heal_does_not_start(listener: Listener) -> None:
    with pytest.raises(ValueError, match="no feed of counter"):
        run_worker(listener.sessions, listener.subscriptions, broker_url=None, feeds={}, stop=Event())


def test_a_full_queue_makes_the_relay_wait_and_nothing_is_lost_or_turned_round(
    mortal_rabbit: PrivateRabbit, counter: Counter, listener: Listener
) -> None:
    # More than are on the way at once: the broker refuses only some time after the queue is full.
    url, many = mortal_rabbit.url, 2000
    clean(url)
    declare(url)
    mortal_rabbit.control("set_policy", "small", r"^listener\.inbox$", '{"max-length":20}', "--apply-to", "queues")
    try:
        with counter.relay(url):
            counter.raise_counter("a", *range(many))
            eventually(lambda: counter.published() >= 20)
            assert depth(url, "listener.inbox") >= 20
            assert counter.published() < many
            with listener.worker(counter.feed, url):
                eventually(lambda: len(listener.numbers()) == many)
                eventually(lambda: counter.published() == many)
    finally:
        mortal_rabbit.control("clear_policy", "small")
    assert listener.numbers() == list(range(many))


def position(listener: Listener) -> int:
    with listener.sessions() as session:
        return feed.position_of(session, "counter")


def fetch(url: str, queue: str) -> tuple[Any, Any, bytes]:
    """The first event of a queue, by another client; watermarks are passed over."""
    with closing(pika.BlockingConnection(pika.URLParameters(url.removesuffix("//") + "/%2F"))) as connection:
        for method, properties, body in connection.channel().consume(queue, inactivity_timeout=10):
            if body is not None and "watermark" not in str(method.routing_key if method else ""):
                return method, properties, body
    raise AssertionError("nothing came")
