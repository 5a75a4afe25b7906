"""The relay: stamps what was committed, publishes it in order, and says how far it has come.

One is active per database; others wait for its lock. A broker that is away stops the publishing only: stamping goes on,
so the feed stays complete, and the log is sent from where it was left when the broker is back.

    python -m shenbao_common.bus.relay review  reads REVIEW_DATABASE_URL, SHENBAO_BROKER_URL, _EVENT_DAYS, _METRICS_PORT
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
import structlog

from shenbao_common.bus import measuring, moved_clock
from shenbao_common.bus.broker import BROKER_FAULTS, Backoff
from shenbao_common.bus.housekeeping import kept_tidy
from shenbao_common.bus.partitions import RETENTION_DAYS
from shenbao_common.bus.publishing import Publisher, Refused
from shenbao_common.bus.stamping import BATCH, Entry, Log
from shenbao_common.kernel.settings import needed

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds. linger: pause between two batches under load, in which events gather; none when idle.

    mark: how long a confirmed event may stand unmarked; a crash sends those again, and the inboxes know them.
    """

    poll: float = 1.0
    linger: float = 0.005
    mark: float = 0.1
    watermark: float = 10.0
    full_queue: float = 0.2
    standby: float = 1.0


_NEVER = float("-inf")
_FAULTS: tuple[type[Exception], ...] = (Refused, *BROKER_FAULTS)
_IN_FLIGHT = 2
"""Batches: while the broker confirms one, PostgreSQL gives the next its positions."""


class Relay:
    """broker_url None: embedded, only stamps. `on_stamped` is called after each batch of positions."""

    def __init__(
        self,
        service: str,
        database_url: str,
        broker_url: str | None = None,
        *,
        on_stamped: Callable[[], None] = lambda: None,
        pace: Pace | None = None,
        retention_days: int = RETENTION_DAYS,
    ) -> None:
        self._retention_days = retention_days
        self._service = service
        self._database_url = database_url
        self._broker_url = broker_url
        self._on_stamped = on_stamped
        self._pace = pace or Pace()

    def run(self, stop: threading.Event) -> None:
        """Until `stop`; comes back from the loss of database and broker."""
        backoff = Backoff(most=5.0)
        measuring.at_work.labels(self._service, measuring.RELAY).set(0)
        with kept_tidy(self._database_url, self._retention_days, stop):
            while not stop.is_set():
                try:
                    self._as_leader(stop, backoff)
                except psycopg.Error as lost:
                    _interrupted("relay_database_away", self._service, lost)
                    backoff.wait(stop)

    def _as_leader(self, stop: threading.Event, backoff: Backoff) -> None:
        log = Log.take(self._database_url, at_once=self._broker_url is None)
        if log is None:
            stop.wait(self._pace.standby)
            return
        backoff.reset()
        _log.info("relay_leads", service=self._service)
        at_work = measuring.at_work.labels(self._service, measuring.RELAY)
        at_work.set(1)
        try:
            if self._broker_url is None:
                self._stamp_only(log, stop)
            else:
                _Delivery(self._service, self._broker_url, log, self._pace, self._on_stamped).run(stop)
        finally:
            at_work.set(0)
            log.close()

    def _stamp_only(self, log: Log, stop: threading.Event) -> None:
        while not stop.is_set():
            if log.stamp():
                self._on_stamped()
            else:
                log.wait(self._pace.poll)


class _Delivery:
    """Stamping and publishing as one loop: while the broker takes a batch, PostgreSQL gives the next its positions.

    The database's part of a turn runs in a second thread, which rests while this one uses the log itself.
    """

    def __init__(self, service: str, broker_url: str, log: Log, pace: Pace, on_stamped: Callable[[], None]) -> None:
        self._service = service
        self._broker_url = broker_url
        self._log = log
        self._pace = pace
        self._on_stamped = on_stamped
        self._publisher: Publisher | None = None
        self._backoff = Backoff(most=5.0)
        self._sent = log.published()
        self._stamped = log.head()
        self._in_flight: list[list[Entry]] = []
        self._confirmed: list[list[Entry]] = []
        self._window = BATCH
        self._told = _NEVER
        self._looked = _NEVER
        self._marked = _NEVER
        self._next_try = 0.0

    def run(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(1, "relay-database") as database:
            try:
                fresh = self._advance()
                while not stop.is_set():
                    if self._publisher is not None or self._connect():
                        fresh = self._turn(fresh, database, stop)
                    else:
                        if not fresh:
                            self._log.wait(max(0.0, self._next_try - time.monotonic()))
                        fresh = self._advance()
            finally:
                self._disconnect()
                self._mark()

    def _turn(self, fresh: list[Entry], database: Executor, stop: threading.Event) -> list[Entry]:
        """Publishes a batch; answers what is stamped by then."""
        batch = self._next_batch(fresh)
        # Only under load there is something to be gained by asking ahead.
        ahead = database.submit(self._advance) if len(batch) == BATCH else None
        fault: Exception | None = None
        try:
            self._publish(batch)
            self._tell()
        except _FAULTS as raised:
            fault = raised
        fresh = ahead.result() if ahead else []
        if fault is not None:
            self._recover(fault, stop)
        elif ahead is None and not self._in_flight and not self._has_backlog():
            fresh = self._rest(len(batch), stop)
        return fresh

    def _recover(self, fault: Exception, stop: threading.Event) -> None:
        if isinstance(fault, Refused):
            self._hold_back(fault.position)
            stop.wait(self._pace.full_queue)
        else:
            _interrupted("relay_broker_away", self._service, fault)
            self._disconnect()

    def _rest(self, sent: int, stop: threading.Event) -> list[Entry]:
        """Waits until somebody commits; under load a little longer, so that events gather."""
        if sent > 1:
            stop.wait(self._pace.linger)
        elif not self._log.wait(self._pace.mark if self._confirmed else self._pace.poll):
            self._mark()
        return self._advance()

    def _advance(self) -> list[Entry]:
        """The database's part: notes, now and then, what was confirmed; stamps what was committed."""
        if time.monotonic() - self._marked >= self._pace.mark:
            self._mark()
        fresh = self._log.stamp()
        if fresh:
            self._stamped = fresh[-1].position
            self._on_stamped()
        return fresh

    def _mark(self) -> None:
        self._marked = time.monotonic()
        confirmed, self._confirmed = self._confirmed, []
        self._log.mark([entry for batch in confirmed for entry in batch])

    def _next_batch(self, fresh: list[Entry]) -> list[Entry]:
        if len(self._in_flight) >= _IN_FLIGHT:
            return []
        return fresh if self._follows(fresh) else self._backlog()

    def _publish(self, batch: list[Entry]) -> None:
        """Sends one batch and settles the one before it; at the end of the news, settles everything."""
        publisher = self._connected()
        if batch:
            publisher.send(batch)
            self._sent = batch[-1].position
            self._in_flight.append(batch)
        if publisher.settle(len(batch) if len(batch) == BATCH else 0, self._pace.poll):
            self._window = min(BATCH, self._window * 2)
            while self._in_flight and (len(self._in_flight) > 1 or not publisher.open):
                self._count(self._in_flight.pop(0))

    def _count(self, batch: list[Entry]) -> None:
        self._confirmed.append(batch)
        measuring.confirmed.labels(self._service).inc(len(batch))

    def _follows(self, fresh: list[Entry]) -> bool:
        return bool(fresh) and fresh[0].position == self._sent + 1 and self._window == BATCH

    def _has_backlog(self) -> bool:
        return self._sent < self._stamped

    def _backlog(self) -> list[Entry]:
        return self._log.after(self._sent, self._window) if self._has_backlog() else []

    def _hold_back(self, position: int) -> None:
        """A listener's queue is full: what came before is through, the rest waits, and single events try the door,
        because each try reaches the queues that are not full."""
        if self._window == BATCH:
            _log.warning("relay_queue_full", service=self._service, position=position)
        for batch in (*self._confirmed, *self._in_flight):
            self._log.mark([entry for entry in batch if entry.position < position])
        self._window = 1
        self._rewind()
        self._connected().rewind(self._sent)

    def _tell(self) -> None:
        """The watermark, and once a second a look whether the broker is there."""
        publisher, now = self._connected(), time.monotonic()
        if now - self._told >= self._pace.watermark and not self._in_flight:
            publisher.tell_position(self._sent)
            self._told = now
        if now - self._looked >= self._pace.poll:
            publisher.beat()
            self._looked = now

    def _connect(self) -> bool:
        if time.monotonic() < self._next_try:
            return False
        self._rewind()
        try:
            self._publisher = Publisher(self._broker_url, self._service, self._sent)
        except BROKER_FAULTS as away:
            _interrupted("relay_broker_away", self._service, away)
            self._next_try = time.monotonic() + self._backoff.next()
            return False
        self._backoff.reset()
        self._told = _NEVER
        return True

    def _connected(self) -> Publisher:
        if self._publisher is None:
            raise RuntimeError("not connected")
        return self._publisher

    def _disconnect(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
            self._publisher = None

    def _rewind(self) -> None:
        """Goes back to what is known to be published: the rest is sent again."""
        self._in_flight, self._confirmed = [], []
        self._sent = self._log.published()


def _interrupted(what: str, service: str, fault: Exception) -> None:
    _log.warning(what, service=service, reason=type(fault).__name__)
    measuring.interruptions.labels(service, measuring.RELAY, type(fault).__name__).inc()


def main() -> None:
    """The relay of one service as a process; ends on SIGTERM and SIGINT."""
    service = sys.argv[1]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database_url = needed(f"{service.upper()}_DATABASE_URL")
    if os.environ.get("SHENBAO_PROFILE") == "test":
        moved_clock.follow(database_url)
    days = int(os.environ.get("SHENBAO_EVENT_DAYS", RETENTION_DAYS))
    measuring.serve(os.environ.get("SHENBAO_METRICS_PORT", ""))
    Relay(service, database_url, os.environ.get("SHENBAO_BROKER_URL") or None, retention_days=days).run(stop)


if __name__ == "__main__":
    main()
