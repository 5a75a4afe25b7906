"""The subscriber: a loop on its queue that the feeds make whole, or on the feeds alone."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

from shenbao_subscriber import queues
from shenbao_subscriber.checkpoint import Checkpoint
from shenbao_subscriber.event import Event, Unread, Unreadable, from_message, short
from shenbao_subscriber.feeds import Feeds
from shenbao_subscriber.schemas import Schema
from shenbao_subscriber.taking import Stopped, Taker

_log = logging.getLogger("shenbao_subscriber")

_WAIT = 0.2  # seconds in which `stop` is noticed


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds. first, most: pauses before what failed is tried again, doubling between; poll: between two looks at the
    feeds without a broker; look: with one, so that a queue that hears nothing any more is noticed, too."""

    first: float = 0.5
    most: float = 30.0
    poll: float = 1.0
    look: float = 60.0


def log_unread(unread: Unread) -> None:
    """Says that there is something unreadable, without what it says."""
    _log.error("unreadable: %s", unread.reason)


@dataclass(kw_only=True)
class Subscriber:
    """Gives events to a handler: each publisher's in order, each once unless the process died between the handler and
    the checkpoint (then once more).

    types: what to hear, with or without the prefix of the wire. broker_url None: from the feeds alone. queue: a name of
    this subscriber's own; declare False: somebody else made and bound it (and gave it a dead-letter exchange, because
    what is unreadable is rejected). schemas: JSON Schemas by type. on_unreadable: is told of what the handler does not
    get, at least once; afterwards a message goes to `<queue>.dead`, an entry of a feed stays in the publisher's log.
    """

    handler: Callable[[Event], None]
    types: Sequence[str]
    feeds: Feeds
    checkpoint: Checkpoint
    broker_url: str | None = None
    queue: str = ""
    declare: bool = True
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    on_unreadable: Callable[[Unread], None] = log_unread
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        """Raises ValueError when there is nothing to hear, or a broker without a queue."""
        if isinstance(self.types, str) or not self.types:
            raise ValueError("types: a list of event types")
        if self.broker_url is not None and not self.queue:
            raise ValueError("queue: the name of this subscriber's own queue on the broker")
        self._types = [short(name) for name in self.types]
        self._stop = threading.Event()
        self._pulse: Callable[[], object] = _nothing

    def run(self) -> None:
        """Until `stop`, in this thread. Comes back by itself from the loss of broker and feeds.

        Raises PublisherReset, QueueRefused, and ValueError for a checkpoint that is none.
        """
        taker = Taker(
            handler=self.handler,
            types=self._types,
            feeds=self.feeds,
            checkpoint=self.checkpoint,
            schemas={short(name): schema for name, schema in self.schemas.items()},
            on_unreadable=self.on_unreadable,
            pauses=self._pauses,
            breathe=self._breathe,
        )
        try:
            if self.broker_url is None:
                self._live_from_feeds(taker)
            else:
                self._live_from_queue(taker, self.broker_url)
        except Stopped:
            _log.info("stopped while something waited; it comes again")

    def stop(self) -> None:
        """Lets `run` end after the event that it is at, from another thread or a signal handler. For good."""
        self._stop.set()

    def _live_from_feeds(self, taker: Taker) -> None:
        while not self._stop.is_set():
            taker.catch_up()
            self._stop.wait(self.pace.poll)

    def _live_from_queue(self, taker: Taker, broker_url: str) -> None:
        pauses = self._pauses()
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                with queues.connected(broker_url) as (connection, channel):
                    self._open(connection, channel)
                    self._listen(channel, taker)
            except (queues.QueueDead, *queues.BROKER_FAULTS) as lost:
                self._pulse = _nothing
                self._note(lost, broker_url)
                taker.catch_up()  # nobody has to wait for the broker
                if time.monotonic() - began > self.pace.most:
                    pauses = self._pauses()
                next(pauses)

    def _note(self, lost: Exception, broker_url: str) -> None:
        """A dead queue of our own is deleted, so that it is declared anew; the feeds have what it held."""
        if not isinstance(lost, queues.QueueDead):
            _log.warning("no queue to hear from, reading the feeds: %s", queues.fault(lost))
        elif self.declare:
            _log.error("queue dead, made anew: %s", lost)
            with suppress(*queues.BROKER_FAULTS):  # else it is tried again
                queues.remove(broker_url, self.queue)
        else:
            _log.error("queue dead, whoever made it has to make it anew; reading the feeds: %s", lost)

    def _open(self, connection: BlockingConnection, channel: BlockingChannel) -> None:
        if self.declare:
            queues.declare(channel, self.queue, self._types)
        self._pulse = lambda: connection.process_data_events(0)

    def _listen(self, channel: BlockingChannel, taker: Taker) -> None:
        # The queue gathers from now on; what it missed before, the feeds have.
        taker.catch_up()
        looked = time.monotonic()
        for method, properties, body in queues.consuming(channel, self.queue, _WAIT):
            if self._stop.is_set():
                return
            if method is not None and method.delivery_tag is not None and properties is not None:
                self._take(channel, taker, method.delivery_tag, properties.headers or {}, body or b"")
            if time.monotonic() - looked > self.pace.look:
                taker.catch_up()
                looked = time.monotonic()
        _log.warning("queue deleted under us: %s", self.queue)

    def _take(
        self, channel: BlockingChannel, taker: Taker, tag: int, headers: Mapping[str, object], body: bytes
    ) -> None:
        try:
            taker.take(from_message(headers, body))
        except Unreadable as why:
            taker.report(Unread(headers=headers, body=body, reason=str(why)))
            channel.basic_reject(tag, requeue=False)
        else:
            channel.basic_ack(tag)

    def _breathe(self) -> None:
        if self._stop.is_set():
            raise Stopped
        self._pulse()

    def _pauses(self) -> Iterator[None]:
        """Waits longer each time, and keeps the connection alive meanwhile. Raises Stopped."""
        pause = self.pace.first
        while True:
            until = time.monotonic() + pause
            while (left := until - time.monotonic()) > 0:
                if self._stop.wait(min(left, 1.0)):
                    raise Stopped
                self._pulse()
            yield
            pause = min(pause * 2, self.pace.most)


def _nothing() -> None:
    """There is no connection to keep alive."""
