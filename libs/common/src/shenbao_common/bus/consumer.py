"""The listener on the broker: gathers what has come, hands it to the intake, and acknowledges after its commit."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import amqp
import kombu
import structlog

from shenbao_common.bus import topology
from shenbao_common.bus.broker import BROKER_FAULTS
from shenbao_common.bus.faults import SCHEDULE
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.publishing import HEARTBEAT
from shenbao_common.bus.single import Turn
from shenbao_common.bus.sorting import Sorter
from shenbao_common.bus.subscriptions import Subscriptions

PREFETCH = 200
"""Messages on the way to one listener; also the most that one transaction takes in."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds. wait: for a first message; due: between looks at what was put off and at broken sources; answer: for
    the broker's answer to a command. schedule: pauses between rounds of tries."""

    wait: float = 0.25
    due: float = 0.25
    answer: float = 5.0
    schedule: Sequence[timedelta] = SCHEDULE


class QueueSilent(Exception):
    """The broker answers, but not for this queue of ours: one that died with its node looks like this."""

    def __init__(self, queue: str) -> None:
        super().__init__(queue)
        self.queue = queue


class Consumer:
    """One connection to the broker; `listen` ends by an exception when it, or the database, is lost."""

    def __init__(
        self,
        broker_url: str,
        subscriptions: Subscriptions,
        intake: Intake,
        healer: Healer,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._subscriptions = subscriptions
        self._intake = intake
        self._healer = healer
        self._sorter = Sorter(subscriptions, intake, healer)
        self._pace = pace or Pace()
        self._connection = kombu.Connection(
            broker_url,
            connect_timeout=5,
            heartbeat=HEARTBEAT,
            transport_options={"read_timeout": self._pace.answer},
        )
        self._got: list[Any] = []
        self._looked = 0.0

    def listen(self, stop: threading.Event, turn: Turn) -> None:
        """Until `stop`. Raises topology.Mismatch, QueueSilent, BROKER_FAULTS, and the database's errors."""
        try:
            channel = self._open()
            # The queue gathers from now on; what it missed before, the feeds have.
            self._sorter.heal_all()
            while not stop.is_set():
                turn.ensure_held()
                self._gather()
                self._take(channel)
                self._look_around()
        finally:
            self._drop()

    def _open(self) -> Any:
        self._connection.connect()
        channel = self._connection.channel()
        service = self._subscriptions.service
        topology.declare(channel, service, self._subscriptions.types)
        channel.basic_qos(0, PREFETCH, False)
        for queue in (topology.inbox_of(service), topology.parked_of(service)):
            self._consume(channel, queue)
        _log.info("queue_open", service=service)
        return channel

    def _consume(self, channel: Any, queue: str) -> None:
        consumer = kombu.Consumer(
            channel,
            [kombu.Queue(queue, no_declare=True)],
            on_message=self._got.append,
            on_decode_error=self._keep,
            auto_declare=False,
        )
        try:
            consumer.consume()
        except (TimeoutError, amqp.exceptions.InternalError) as silent:
            raise QueueSilent(queue) from silent

    def _keep(self, message: Any, _fault: Exception) -> None:
        # kombu would log and acknowledge it; the sorter parks it.
        self._got.append(message)

    def _gather(self) -> None:
        """Waits for a message, then takes whatever else has come already."""
        timeout = self._pace.wait
        try:
            while len(self._got) < PREFETCH:
                self._connection.drain_events(timeout=timeout)
                timeout = 0.0
        except TimeoutError:
            return

    def _take(self, channel: Any) -> None:
        if self._got:
            self._sorter.take(self._got)
            channel.basic_ack(self._got[-1].delivery_tag, multiple=True)
            self._got.clear()

    def _look_around(self) -> None:
        if time.monotonic() - self._looked >= self._pace.due:
            self._sorter.mend()
            self._intake.take_due(self._sorter.broken)
            self._healer.replay_asked()
            self._connection.heartbeat_check()
            self._looked = time.monotonic()

    def _drop(self) -> None:
        """Leaves by dropping the socket: a cancelled consumer would give back what it holds in another order."""
        try:
            self._connection.collect()
        except BROKER_FAULTS as gone:
            _log.debug("already_gone", reason=type(gone).__name__)
