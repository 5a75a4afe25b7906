"""The bus against what its parts can do, in the same run: latency, relay and consumer (EVENTS 8).

Bodies are those of a real event. Each comparison is taken in turns, so that both sides meet the same load, and the
median counts.
"""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import amqp
import kombu
import sqlalchemy as sa
import structlog

from bench import places
from bench.places import PATIENCE, TYPE, Place, Row, share
from shenbao_common.bus import outbox, tables
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import LocalFeed
from shenbao_common.bus.topology import EXCHANGE
from shenbao_common.bus.worker import run_worker
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.testing.bus import effect, running
from shenbao_common.testing.contracts import example_event
from shenbao_stack.waiting import until

RATE, SECONDS = 200, 10
P50, P99 = 10.0, 60.0
EVENTS, ROUNDS = 15_000, 3
RELAY_SHARE, CONSUMER_SHARE = 0.7, 0.6
WINDOW = 500


def measure() -> list[Row]:
    """Commit to commit at 200 events a second; relay and consumer as shares of bare loops."""
    with places.place() as place, structlog.testing.capture_logs():
        p50, p99 = _latency(place)
        ways = (_relayed, _published_messages, _published_bodies, _published_by_channel)
        relay, messages, bodies, channel = _in_turns(place, EVENTS, *ways)
        consumer, bare = _in_turns(place, EVENTS, _consumed, _bare)
    return [
        (f"bus: commit to handler's commit at {RATE}/s, p50", f"{p50:.1f} ms", f"<= {P50:.0f} ms", p50 <= P50),
        (f"bus: commit to handler's commit at {RATE}/s, p99", f"{p99:.1f} ms", f"<= {P99:.0f} ms", p99 <= P99),
        share("bus: relay against pipelined publishing of the same bodies by kombu", relay, bodies, RELAY_SHARE),
        share("bus: relay against the same with an event's headers by kombu", relay, messages, RELAY_SHARE),
        share("bus: relay against the bodies by kombu's inner channel (py-amqp)", relay, channel, RELAY_SHARE),
        share("bus: consumer with inbox against one insert and acknowledge", consumer, bare, CONSUMER_SHARE),
    ]


def _in_turns(place: Place, events: int, *ways: Callable[[Place], float]) -> list[float]:
    """Median events per second of each way."""
    rates: dict[int, list[float]] = {n: [] for n in range(len(ways))}
    for _ in range(ROUNDS):
        for n, way in enumerate(ways):
            place.empty()
            rates[n].append(events / way(place))
    return [statistics.median(rates[n]) for n in rates]


def _latency(place: Place) -> tuple[float, float]:
    """p50 and p99 in milliseconds; writer, relay and worker are processes of their own."""
    place.empty()
    context = multiprocessing.get_context("spawn")
    stop, heard = context.Event(), context.Queue()
    worker = context.Process(target=places.listen, args=(place.heard.url, place.told.url, place.broker, stop, heard))
    worker.start()
    with places.relay_process(place):
        _write(place, 20)  # everything is connected and warm when the last of these has come
        until(lambda: place.heard.count(tables.inbox) == 20, **PATIENCE)
        sent = _write(place, RATE * SECONDS)
        until(lambda: place.heard.count(tables.inbox) == 20 + len(sent), **PATIENCE)
        stop.set()
        done = heard.get()
    worker.join()
    times = [(done[event] - at) * 1000 for event, at in sent.items()]
    cuts = statistics.quantiles(times, n=100)
    return cuts[49], cuts[98]


def _write(place: Place, count: int) -> dict[str, float]:
    """Commits at a steady rate, whatever the time a commit takes; answers when each was asked for."""
    asked: dict[str, float] = {}
    begin = time.monotonic()
    for n in range(count):
        time.sleep(max(0.0, begin + n / RATE - time.monotonic()))
        with place.told.sessions() as session:
            session.execute(sa.insert(effect).values(counter="a", number=n, kind="written"))
            event_id = outbox.record(session, example_event(ApplicationSubmittedV1), revision=n)
            asked[str(event_id)] = time.time()
            session.commit()
    return asked


def _relayed(place: Place) -> float:
    """Seconds from the commit of all events to the last one confirmed and marked; like the loops beside it, the relay
    is a process that has its connections."""
    with places.relay_process(place):
        _write(place, 1)
        until(lambda: place.told.count(tables.outbox, tables.outbox.c.published_at.is_not(None)), **PATIENCE)
        last = sa.select(tables.outbox.c.published_at).where(tables.outbox.c.position == EVENTS + 1)
        began = places.fill(place, EVENTS)
        until(lambda: any(row.published_at for row in place.told.rows(last)), **PATIENCE)
        return time.perf_counter() - began


def _published_messages(place: Place) -> float:
    """Seconds for the same messages by the same client, kombu, with 500 confirms in flight, and nothing else."""
    sample = Envelope.of(example_event(ApplicationSubmittedV1))
    return _published(place, sample.to_body(), sample.to_headers())


def _published_bodies(place: Place) -> float:
    """The same without the ten headers of an event."""
    return _published(place, Envelope.of(example_event(ApplicationSubmittedV1)).to_body(), {})


def _published(place: Place, body: bytes, headers: dict[str, Any]) -> float:
    with _confirming(place) as (channel, sent):
        publish = kombu.Producer(channel, kombu.Exchange(EXCHANGE), TYPE, auto_declare=False).publish
        began = time.perf_counter()
        for tag in range(1, EVENTS + 1):
            publish(body, headers=dict(headers), content_type="application/json", mandatory=True)
            sent(tag)
        return time.perf_counter() - began


def _published_by_channel(place: Place) -> float:
    """The bodies once more, by the channel of py-amqp that is inside of kombu's client."""
    body = Envelope.of(example_event(ApplicationSubmittedV1)).to_body()
    with _confirming(place) as (channel, sent):
        began = time.perf_counter()
        for tag in range(1, EVENTS + 1):
            message = amqp.Message(body, delivery_mode=2)
            channel.basic_publish(message, exchange=EXCHANGE, routing_key=TYPE, mandatory=True)
            sent(tag)
        return time.perf_counter() - began


@contextmanager
def _confirming(place: Place) -> Iterator[tuple[Any, Callable[[int], None]]]:
    """A channel, and what to call after each message: it waits where 500, or all, are not confirmed."""
    with kombu.Connection(place.broker) as connection:
        channel, unconfirmed = connection.channel(), set[int]()
        channel.confirm_select()
        channel.events["basic_ack"].add(
            lambda tag, all_to: unconfirmed.difference_update({t for t in unconfirmed if t <= tag} if all_to else {tag})
        )

        def sent(tag: int) -> None:
            unconfirmed.add(tag)
            while unconfirmed and (tag % WINDOW == 0 or tag == EVENTS):
                connection.drain_events(timeout=30)

        yield channel, sent


def _consumed(place: Place) -> float:
    """Seconds from a full queue to the last event handled, by the worker as services run it."""
    places.fill_queue(place, EVENTS)
    feeds = {"applications": LocalFeed(place.told.sessions)}
    began = time.perf_counter()

    def work(stop: threading.Event) -> None:
        run_worker(place.heard.sessions, places.subscriptions(), broker_url=place.broker, feeds=feeds, stop=stop)

    with running(work):
        until(lambda: place.heard.count(effect) == EVENTS, **PATIENCE)
        return time.perf_counter() - began


def _bare(place: Place) -> float:
    return places.consumed_bare(place, EVENTS)
