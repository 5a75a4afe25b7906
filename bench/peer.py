"""The same publish-and-handle by FastStream, in turns with ours.

Both write a row and tell of it, and the listener writes a row for each event. FastStream has no outbox and no inbox: it
publishes after the commit, persistent and confirmed, and acknowledges after the handler's commit. So an event is lost
when the process ends between the two, and handled twice after a redelivery; ours gives both guarantees.
"""

import asyncio
import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

from bench import places
from bench.places import PATIENCE, Place, Row, share
from shenbao_common.bus import outbox
from shenbao_common.bus.envelope import Envelope
from shenbao_common.bus.stamping import conninfo
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.testing.bus import effect
from shenbao_common.testing.contracts import example_event
from shenbao_stack.waiting import until

EVENTS, ROUNDS = 1_500, 3
LIMIT = 1.0
_QUEUE = RabbitQueue("peer", durable=True)
_ROW = sa.insert(effect)
_INSERT = "INSERT INTO effect (counter, number, kind) VALUES (%s, %s, %s)"


def measure() -> list[Row]:
    """Events per second from the first write to the last handler's commit."""
    with places.place() as place, structlog.testing.capture_logs():
        rounds = [(_ours(place), _theirs(place)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    return [share("bus: write, tell and handle against FastStream without outbox and inbox", ours, theirs, LIMIT)]


def _ours(place: Place) -> float:
    place.empty()
    with _running(places.work, place.heard.url, place.told.url, place.broker), places.relay_process(place):
        return _rate(place, partial(_tell, place))


def _tell(place: Place, events: int) -> None:
    event = example_event(ApplicationSubmittedV1)
    for n in range(events):
        with place.told.sessions.begin() as session:
            session.execute(_ROW, {"counter": "a", "number": n, "kind": "written"})
            outbox.record(session, event, revision=n)


def _theirs(place: Place) -> float:
    place.empty()
    with _running(_listen, conninfo(place.heard.url), place.broker):
        return _rate(place, lambda events: asyncio.run(_publish(place, events)))


async def _publish(place: Place, events: int) -> None:
    body = Envelope.of(example_event(ApplicationSubmittedV1)).to_body()
    async with (
        await psycopg.AsyncConnection.connect(conninfo(place.told.url)) as database,
        RabbitBroker(place.broker, logger=None) as broker,
    ):
        await broker.declare_queue(_QUEUE)
        for n in range(events):
            await database.execute(_INSERT, ("a", n, "written"))
            await database.commit()
            await broker.publish(body, _QUEUE, persist=True, content_type="application/json", message_id=str(n))


def _listen(database_url: str, broker_url: str, stop: Any) -> None:
    asyncio.run(_handle(database_url, broker_url, stop))


async def _handle(database_url: str, broker_url: str, stop: Any) -> None:
    broker = RabbitBroker(broker_url, logger=None, default_channel=Channel(prefetch_count=200))
    async with await psycopg.AsyncConnection.connect(database_url) as database:

        @broker.subscriber(_QUEUE, ack_policy=AckPolicy.NACK_ON_ERROR)
        async def on_submitted(body: dict[str, Any]) -> None:
            await database.execute(_INSERT, (body["application_id"], body["round"], "handled"))
            await database.commit()

        await broker.start()
        await asyncio.to_thread(stop.wait)
        await broker.stop()


def _rate(place: Place, tell: Callable[[int], None]) -> float:
    """Of EVENTS, after one that showed that everything is up."""
    tell(1)
    until(lambda: place.heard.count(effect) == 1, **PATIENCE)
    began = time.perf_counter()
    teller = threading.Thread(target=tell, args=(EVENTS,))
    teller.start()
    until(lambda: place.heard.count(effect) == EVENTS + 1, **PATIENCE)
    teller.join()
    return EVENTS / (time.perf_counter() - began)


@contextmanager
def _running(target: Any, *arguments: Any) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=target, args=(*arguments, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()
