"""Takes events in, whatever brought them: batches in one transaction while all goes well, one by one when it does not.

handled   done, in one transaction with everything it caused
deferred  a passing fault; tried again at a time kept in the inbox, later events of its subject wait behind it
parked    a person has to look: refused, unreadable, unknown, or out of chances
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import admission, faults, measuring, putting_off
from shenbao_common.bus.envelope import Envelope, Unreadable
from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.kernel import clock

_log = structlog.get_logger()

_BREATH = 0.02
"""Seconds before the second and, doubled, the third immediate try."""


class Intake:
    """One per process that listens; not for several threads at once."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        subscriptions: Subscriptions,
        *,
        schedule: Sequence[timedelta] = faults.SCHEDULE,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._sessions = sessions
        self._subscriptions = subscriptions
        self._schedule = schedule
        self._now = now

    def take(self, envelopes: Sequence[Envelope], moved: Mapping[str, int]) -> None:
        """Handles each event once, or puts it off, or parks it; then the positions count as followed.

        Raises when the own database is away: nothing has been kept then, the events have to come again.
        """
        if len(envelopes) == 1:
            followed = self._one(envelopes[0], moved)
        else:
            followed = self._all_at_once(envelopes, moved)
            if not followed:
                for envelope in envelopes:
                    self._one(envelope, {})
        if not followed:
            with self._sessions.begin() as session:
                admission.move(session, moved)

    def take_due(self, but: Collection[str] = ()) -> int:
        """Tries what was put off and is due, but that of some publishers; answers how many events it ran."""
        ran = 0
        while due := self._due(but):
            for waiting in due:
                self._again(waiting)
            ran += len(due)
        return ran

    def put_off(self, envelopes: Sequence[Envelope], why: str) -> None:
        """Keeps events for later without trying them."""
        with self._sessions.begin() as session:
            for envelope in envelopes:
                putting_off.defer(session, envelope, why, 0, self._now() + self._schedule[0])

    def park_unreadable(self, raw: putting_off.Raw, why: str) -> None:
        """Keeps a message that is no event of ours, as it came."""
        with self._sessions.begin() as session:
            putting_off.park_raw(session, raw, why)
        _log.error("message_parked", reason=why)

    def park(self, envelope: Envelope, why: str, attempts: int) -> None:
        with self._sessions.begin() as session:
            putting_off.park(session, envelope, why, attempts)
        self._count(envelope, "parked")
        _log.error(
            "event_parked", type=envelope.type, id=str(envelope.id), reason=why, attempts=attempts, **_joined(envelope)
        )

    def _all_at_once(self, envelopes: Sequence[Envelope], moved: Mapping[str, int]) -> bool:
        """False when any event failed; nothing has happened then."""
        try:
            with self._sessions.begin() as session:
                handled = self._subscriptions.deliver_all(session, envelopes, moved)
        except Exception as fault:  # noqa: BLE001  (each event is judged by itself next)
            _log.info("batch_split", events=len(envelopes), reason=faults.reason(fault))
            return False
        for envelope in handled:
            self._count(envelope, "handled")
        return True

    def _one(self, envelope: Envelope, moved: Mapping[str, int]) -> bool:
        """False when it was put off or parked."""

        def deliver(session: Session, attempts: int) -> bool:
            return bool(self._subscriptions.deliver_all(session, [envelope], moved, attempts=attempts))

        return self._try(envelope, 0, deliver)

    def _again(self, waiting: putting_off.Waiting) -> None:
        try:
            envelope = waiting.envelope()
        except Unreadable as why:
            with self._sessions.begin() as session:
                putting_off.stay_parked(session, waiting, faults.reason(why))
            return

        def deliver(session: Session, attempts: int) -> bool:
            if not putting_off.take_up(session, waiting, attempts):
                return False
            if admission.is_outdated(session, envelope):
                admission.note_outdated(session, envelope)
                return False
            self._subscriptions.handle(session, envelope)
            return True

        self._try(envelope, waiting.attempts, deliver)

    def _try(self, envelope: Envelope, before: int, deliver: Callable[[Session, int], bool]) -> bool:
        """Runs `deliver` (it answers whether the event was new and is handled) up to three times in transactions of
        their own, then puts the event off or parks it and answers False."""
        for attempt in range(1, faults.IMMEDIATE_TRIES + 1):
            try:
                with self._sessions.begin() as session:
                    handled = deliver(session, before + attempt)
                if handled:
                    self._count(envelope, "handled")
                return True
            except faults.PERMANENT as fault:
                self.park(envelope, faults.reason(fault), before + attempt)
                return False
            except Exception as fault:  # noqa: BLE001  (kept with the event, and logged)
                why = faults.reason(fault)
                time.sleep(_BREATH * (attempt if attempt < faults.IMMEDIATE_TRIES else 0))
        self._put_off(envelope, why, before + faults.IMMEDIATE_TRIES)
        return False

    def _put_off(self, envelope: Envelope, why: str, attempts: int) -> None:
        pause = faults.pause_after(attempts, self._schedule)
        if pause is None:
            self.park(envelope, f"no more tries: {why}", attempts)
            return
        with self._sessions.begin() as session:
            putting_off.defer(session, envelope, why, attempts, self._now() + pause)
        self._count(envelope, "deferred")
        _log.warning(
            "event_deferred",
            type=envelope.type,
            id=str(envelope.id),
            reason=why,
            attempts=attempts,
            **_joined(envelope),
        )

    def _count(self, envelope: Envelope, outcome: str) -> None:
        measuring.taken_in.labels(self._subscriptions.service, envelope.source, outcome).inc()

    def _due(self, but: Collection[str]) -> list[putting_off.Waiting]:
        with self._sessions.begin() as session:
            return putting_off.due(session, self._now(), but)


def _joined(envelope: Envelope) -> dict[str, str]:
    """What joins a log line with those of the request that the event came of."""
    return {"trace_id": envelope.trace[3:35]}
