"""The loop that delivers to webhooks: one process at a time, many deliveries at once, order kept per subject.

What is to be done stands in the database and what came of it is written there; a process that dies in between leaves
deliveries that are pending, and the next one sends them again. So a subscriber may get an event twice, never not.
"""

import json
import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import single
from shenbao_common.bus.broker import Backoff
from shenbao_common.bus.envelope import STRUCTURED
from shenbao_common.bus.single import Turn
from shenbao_common.kernel import clock
from shenbao_subscriptions.actions import filling, sending
from shenbao_subscriptions.actions.log import CHANNEL
from shenbao_subscriptions.actions.sending import Due
from shenbao_subscriptions.domain.outcome import Outcome
from shenbao_subscriptions.providers.webhooks import Webhooks

SIGNATURE = "Shenbao-Signature"
SIGNATURE_TYPE = "shenbao-event+jws"

_LOCK = 0x5368656E576B  # "ShenWk"
_THREADS = 48
_IDLE = 1.0
_LINGER = 0.02
_GATHER = 0.005
_STANDBY = 1.0
_log = structlog.get_logger()

Sign = Callable[[str, bytes], str]
_Came = tuple[UUID, Due | None, Outcome | None]
"""From a lane: a delivery with its outcome; one that was not tried (no outcome); its end (neither)."""


class Dispatcher:
    """sign: (media type, body) to a detached signature. now: the clock that tries and pauses go by."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        webhooks: Webhooks,
        sign: Sign,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._sessions = sessions
        self._webhooks = webhooks
        self._sign = sign
        self._now = now
        self._forget()

    def run(self, stop: threading.Event) -> None:
        """Until `stop`, while no other process does so on the same database; survives the loss of the database."""
        backoff = Backoff(most=5.0)
        while not stop.is_set():
            try:
                with single.turn(self._sessions.kw["bind"], _LOCK) as turn:
                    if turn is None:
                        stop.wait(_STANDBY)
                        continue
                    self._deliver(stop, turn)
            except Exception as fault:  # noqa: BLE001  (what is not delivered now is delivered later)
                _log.warning("dispatcher_interrupted", reason=type(fault).__name__)
                backoff.wait(stop)
        self._webhooks.close()

    def work_off(self) -> None:
        """Delivers all that is due by now, and what becomes due with it."""
        with ThreadPoolExecutor(_THREADS, "webhook") as pool:
            while self._start(pool) or self._lanes or self._fill():
                if self._lanes:
                    self._keep(self._came(wait=None))

    def close(self) -> None:
        self._webhooks.close()

    def _forget(self) -> None:
        self._busy: dict[tuple[UUID, str], int] = {}
        self._lanes: Counter[UUID] = Counter()
        self._done: queue.SimpleQueue[_Came] = queue.SimpleQueue()

    def _deliver(self, stop: threading.Event, turn: Turn) -> None:
        line: Any = turn.connection.connection.driver_connection
        line.execute(f"LISTEN {CHANNEL}")
        pool = ThreadPoolExecutor(_THREADS, "webhook")
        try:
            filled = looked = 0.0
            while not stop.is_set():
                turn.ensure_held()
                made = started = 0
                if time.monotonic() - filled >= _LINGER:
                    made, filled = self._fill(), time.monotonic()
                # News that is for nobody makes nothing due.
                if made or self._lanes or time.monotonic() - looked >= _IDLE:
                    started, looked = self._start(pool), time.monotonic()
                if self._lanes:
                    self._keep(self._came(wait=_LINGER))
                elif not made and not started:
                    _news(line, _IDLE)
        finally:
            # Whoever is still asking has a deadline of its own; its answer is no longer waited for.
            pool.shutdown(wait=False, cancel_futures=True)
            self._forget()

    def _fill(self) -> int:
        with self._sessions.begin() as session:
            return filling.fill(session)

    def _start(self, pool: ThreadPoolExecutor) -> int:
        """Gives what is due to lanes; answers how many deliveries that were."""
        full = [subscriber_id for subscriber_id, lanes in self._lanes.items() if lanes >= sending.LANES]
        with self._sessions.begin() as session:
            due = sending.due(session, self._now(), "webhook", under_way=self._busy, full=full)
            by_subscriber: dict[UUID, list[Due]] = defaultdict(list)
            for one in due:
                by_subscriber[one.subscriber_id].append(one)
            self._webhooks.refresh(session, by_subscriber)
        started = 0
        for subscriber_id, its in by_subscriber.items():
            free = max(0, sending.LANES - self._lanes[subscriber_id])
            for share in (its[lane::free] for lane in range(min(free, len(its)))):
                self._busy |= {(one.subscriber_id, one.subject): one.id for one in share}
                self._lanes[subscriber_id] += 1
                pool.submit(self._send_all, share, self._done)
                started += len(share)
        return started

    def _send_all(self, share: Sequence[Due], done: "queue.SimpleQueue[_Came]") -> None:
        """One after the other; after a failure, or when the work has been given up, the others have not been tried."""
        failed = False
        for one in share:
            failed = failed or self._done is not done
            outcome = None if failed else self._send(one)
            failed = failed or bool(outcome and outcome.error)
            done.put((one.subscriber_id, one, outcome))
        done.put((share[0].subscriber_id, None, None))

    def _send(self, one: Due) -> Outcome:
        try:
            body = body_of(one)
            headers = {"Content-Type": STRUCTURED, SIGNATURE: self._sign(SIGNATURE_TYPE, body)}
            if trace := one.event.get("traceparent"):
                headers["traceparent"] = str(trace)
            return self._webhooks.of(one.subscriber_id).post(body, headers)
        except Exception as fault:  # noqa: BLE001  (ours; it must not leave a lane closed for ever)
            _log.error("delivery_failed", error=type(fault).__name__)
            return Outcome("unexpected")

    def _came(self, *, wait: float | None) -> list[_Came]:
        """What came back from the lanes; waits for the first of it, and gathers what is there by then."""
        try:
            came = [self._done.get(timeout=wait)]
        except queue.Empty:
            return []
        if len(self._busy) > sending.IN_A_ROW:
            time.sleep(_GATHER)  # the lanes have more to do, and one transaction can keep what came of many
        while not self._done.empty():
            came.append(self._done.get())
        return came

    def _keep(self, came: Sequence[_Came]) -> None:
        tried = [(one, outcome) for _, one, outcome in came if one and outcome]
        if tried:
            with self._sessions.begin() as session:
                sending.record(session, tried, self._now())
        for subscriber_id, one, outcome in came:
            if one is None:
                self._lanes[subscriber_id] -= 1
                continue
            self._busy.pop((subscriber_id, one.subject), None)
            if outcome and outcome.error:
                _log.info("delivery_refused", subscriber=str(subscriber_id), id=one.id, reason=outcome.error)
        self._lanes += Counter()  # drops those at nought


def body_of(one: Due) -> bytes:
    """The event as a structured CloudEvent."""
    return json.dumps({**one.event, **sending.marks(one)}, ensure_ascii=False, separators=(",", ":")).encode()


def _news(line: "psycopg.Connection[Any]", seconds: float) -> None:
    """Waits until something is written into the log, then a moment for what comes with it."""
    for _ in line.notifies(timeout=seconds, stop_after=1):
        time.sleep(_LINGER)
