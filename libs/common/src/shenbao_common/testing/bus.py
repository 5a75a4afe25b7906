"""A publisher and a listener made for testing the bus: counters that are raised, and a listener that writes it down."""

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import amqp
import kombu
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import consumer, outbox, tables, topology, wake
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.feed import FeedPage, FeedSource, LocalFeed
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.migration import create_bus_tables
from shenbao_common.bus.relay import Pace, Relay
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.bus.worker import run_worker
from shenbao_common.contracts.event import Event
from shenbao_common.data import connections, last_words
from shenbao_common.kernel import clock
from shenbao_common.web.worker import until_signalled

BRISK = Pace(poll=0.1, watermark=0.3, full_queue=0.1, standby=0.1)
"""The relay's times for tests."""

SOON = (timedelta(milliseconds=100), timedelta(milliseconds=100), timedelta(milliseconds=100))
"""A schedule of tries for tests."""

_JOIN_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class CounterRaisedV1(Event):
    """A counter went up."""

    type: ClassVar[str] = "counter.raised.v1"
    subject_field: ClassVar[str] = "counter"

    counter: str
    number: int


@dataclass(frozen=True, kw_only=True)
class CounterNamedV1(Event):
    """A counter got a name; the listener hears this, too."""

    type: ClassVar[str] = "counter.named.v1"
    subject_field: ClassVar[str] = "counter"

    counter: str
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class CounterReadV1(Event):
    """Somebody looked; the listener does not hear this."""

    type: ClassVar[str] = "counter.read.v1"
    subject_field: ClassVar[str] = "counter"

    counter: str
    number: int = 0


metadata = sa.MetaData()

effect = sa.Table(
    "effect",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("counter", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp()),
)


class Database:
    """One service's database with the bus's tables."""

    def __init__(self, url: str, *, made: bool = False) -> None:
        self.url = url
        self.engine = connections.engine_for(url)  # as services have it
        self.sessions: sessionmaker[Session] = sessionmaker(self.engine, expire_on_commit=False)
        last_words.install(self.sessions)
        if made:
            return
        with self.engine.begin() as connection:
            create_bus_tables(Operations(MigrationContext.configure(connection)))
            metadata.create_all(connection)

    def clear(self) -> None:
        """Forgets everything."""
        with self.engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE outbox, inbox, followed, replay, effect"))

    def rows(self, statement: sa.Executable) -> list[Any]:
        with self.sessions() as session:
            return list(session.execute(statement).all())

    def count(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        with self.sessions() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0

    def close(self) -> None:
        self.engine.dispose()


class Counter(Database):
    """The publisher `counter`."""

    @property
    def feed(self) -> FeedSource:
        return LocalFeed(self.sessions)

    def tell(self, *events: Event, revision: int = 0) -> list[UUID]:
        """Tells events, each in a transaction of its own."""
        told = []
        for event in events:
            with self.sessions.begin() as session:
                told.append(outbox.record(session, event, revision=revision))
        return told

    def raise_counter(self, counter: str, *numbers: int) -> list[UUID]:
        return self.tell(*(CounterRaisedV1(counter=counter, number=number) for number in numbers))

    def positions(self) -> list[int | None]:
        """In the order in which the rows were written."""
        return [row.position for row in self.rows(sa.select(tables.outbox).order_by(tables.outbox.c.ordinal))]

    def published(self) -> int:
        return self.count(tables.outbox, tables.outbox.c.published_at.is_not(None))

    @contextmanager
    def relay(self, broker_url: str | None = None, pace: Pace = BRISK) -> Iterator[None]:
        relay = Relay("counter", self.url, broker_url, on_stamped=lambda: wake.ring("counter"), pace=pace)
        with running(relay.run):
            yield


class Listener(Database):
    """The service `listener`; `faults` says what its handlers raise, per (counter, number), before they succeed."""

    def __init__(self, url: str, *, made: bool = False) -> None:
        super().__init__(url, made=made)
        self.faults: dict[tuple[str, int], list[Exception]] = defaultdict(list)
        self.subscriptions = Subscriptions("listener")
        self.subscriptions.add(CounterRaisedV1, self.on_event)
        self.subscriptions.add(CounterNamedV1, self.on_event)

    def on_event(self, session: Session, event: CounterRaisedV1 | CounterNamedV1) -> None:
        row = {"counter": event.counter, "number": event.number, "kind": type(event).__name__}
        session.execute(sa.insert(effect).values(row))
        if waiting := self.faults[event.counter, event.number]:
            raise waiting.pop(0)

    def intake(self, now: Callable[[], datetime] = clock.now) -> Intake:
        return Intake(self.sessions, self.subscriptions, schedule=SOON, now=now)

    def numbers(self, counter: str | None = None) -> list[int]:
        """Effects in the order in which they were written."""
        wanted = sa.select(effect.c.number).order_by(effect.c.id)
        return [
            row.number for row in self.rows(wanted if counter is None else wanted.where(effect.c.counter == counter))
        ]

    def state(self, event_id: UUID) -> Any:
        rows = self.rows(sa.select(tables.inbox).where(tables.inbox.c.event_id == event_id))
        return rows[0] if rows else None

    @contextmanager
    def worker(self, feed: FeedSource, broker_url: str | None = None) -> Iterator[None]:
        with running(lambda stop: self.listen(feed, broker_url, stop)):
            yield

    def listen(self, feed: FeedSource, broker_url: str | None, stop: threading.Event) -> None:
        run_worker(
            self.sessions,
            self.subscriptions,
            broker_url=broker_url,
            feeds={"counter": feed},
            stop=stop,
            pace=consumer.Pace(answer=2.0, schedule=SOON),
        )


@contextmanager
def running(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Runs something in a thread for the time of the block; what it raises is raised at the end."""
    stop, raised = threading.Event(), []

    def body() -> None:
        try:
            work(stop)
        except BaseException as fault:  # noqa: BLE001  (raised again in the test's own thread)
            raised.append(fault)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_JOIN_SECONDS)
    if raised:
        raise raised[0]
    if thread.is_alive():
        raise AssertionError("it does not stop")


class Asked:
    """A feed that counts how often it is read, and can be away (a FeedSource)."""

    def __init__(self, feed: FeedSource) -> None:
        self._feed = feed
        self.times = 0
        self.away = False

    def read(
        self, after: int, limit: int, types: Sequence[str] | None = None, *, subject: str | None = None
    ) -> FeedPage:
        self.times += 1
        if self.away:
            raise ConnectionRefusedError("the publisher is away")
        return self._feed.read(after, limit, types, subject=subject)


def publish(url: str, envelope: Envelope) -> None:
    """Puts an envelope on the exchange as a relay would."""
    publish_raw(url, envelope.type, envelope.to_headers(), envelope.to_body())


def publish_raw(url: str, key: str, headers: dict[str, Any], body: bytes, exchange: str = topology.EXCHANGE) -> None:
    """Puts anything on an exchange."""
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        message = amqp.Message(body, delivery_mode=2, application_headers=headers, content_type="application/json")
        connection.channel().basic_publish(message, exchange=exchange, routing_key=key, mandatory=True)


def declare(url: str) -> None:
    """The listener's queue, before anybody listens."""
    with kombu.Connection(url) as connection:
        topology.declare(connection.channel(), "listener", ("counter.raised.v1", "counter.named.v1"))


def main() -> None:
    """The listener as a process that can be killed; arguments: its database, the counter's, the broker."""
    own, counter, broker_url = sys.argv[1:]
    listener, feed = Listener(own, made=True), Counter(counter, made=True).feed
    until_signalled(lambda stop: listener.listen(feed, broker_url, stop))


if __name__ == "__main__":
    main()
