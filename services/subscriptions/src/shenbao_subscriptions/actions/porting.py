"""The loop that fills the queues of subscribers on the broker, and keeps queues and users there as they should be."""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus import single
from shenbao_common.bus.broker import Backoff
from shenbao_common.kernel import clock
from shenbao_subscriptions.actions import sending
from shenbao_subscriptions.actions.sending import Due, marks
from shenbao_subscriptions.domain.outcome import Outcome
from shenbao_subscriptions.models import Subscriber
from shenbao_subscriptions.providers.management import Management
from shenbao_subscriptions.providers.queues import Letter, Queues

_LOCK = 0x5368656E5071  # "ShenPq"
_PAUSE = 0.2
_STANDBY = 1.0
_log = structlog.get_logger()


class Porter:
    """broker_url: the suite's own; api_url: of RabbitMQ's management API."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        broker_url: str,
        api_url: str,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._sessions = sessions
        self._broker_url = broker_url
        self._management = Management(api_url)
        self._own_user = _user_of(broker_url)
        self._now = now
        self._queues: Queues | None = None
        self._made: dict[UUID, str] = {}

    def run(self, stop: threading.Event) -> None:
        """Until `stop`, while no other process does so on the same database; survives broker and database."""
        backoff = Backoff(most=5.0)
        while not stop.is_set():
            try:
                with single.turn(self._sessions.kw["bind"], _LOCK) as turn:
                    while turn is not None and not stop.is_set():
                        turn.ensure_held()
                        if not self.work_off():
                            stop.wait(_PAUSE)
                        backoff.reset()
                stop.wait(_STANDBY)
            except Exception as fault:  # noqa: BLE001  (what is not delivered now is delivered later)
                _log.warning("porter_interrupted", reason=type(fault).__name__)
                self._begin_anew()
                backoff.wait(stop)
        self.close()

    def work_off(self) -> int:
        """One round: queues as they should be, then what is due; answers how many messages the broker took.

        Raises what broker, its API and database raise; nothing is lost by that.
        """
        self._set_up()
        with self._sessions.begin() as session:
            due = sending.due(session, self._now(), "amqp")
        if not due:
            if self._queues is not None:
                self._queues.beat()
            return 0
        refused = self._open().put([_letter(one) for one in due])
        outcomes = [(one, Outcome("queue_refused") if str(one.event["id"]) in refused else Outcome()) for one in due]
        if refused:
            self._made.clear()  # full, or deleted: looked at anew in the next round
        with self._sessions.begin() as session:
            sending.record(session, outcomes, self._now())
        return len(due) - len(refused)

    def close(self) -> None:
        self._begin_anew()
        self._management.close()

    def _begin_anew(self) -> None:
        """The next round has a new connection, and looks at every queue again."""
        if self._queues is not None:
            self._queues.close()
            self._queues = None
        self._made.clear()

    def _open(self) -> Queues:
        if self._queues is None:
            self._management.open_house(self._own_user)
            self._queues = Queues(self._broker_url)
        return self._queues

    def _set_up(self) -> None:
        """Makes queue and user of who is new or has a new password; takes away those of who was removed."""
        with self._sessions.begin() as session:
            wanted = session.scalars(
                sa.select(Subscriber).where(Subscriber.channel == "amqp", Subscriber.password_hash.is_not(None))
            ).all()
        for row in wanted:
            name, password_hash = row.queue or "", row.password_hash or ""
            if row.state == "removed":
                self._take_away(row.id, name)
            elif self._made.get(row.id) != password_hash:
                self._open().make(name)
                self._management.admit(name, password_hash)
                self._made[row.id] = password_hash

    def _take_away(self, subscriber_id: UUID, name: str) -> None:
        self._open().remove(name)
        self._management.dismiss(name)
        with self._sessions.begin() as session:
            gone = sa.update(Subscriber).where(Subscriber.id == subscriber_id)
            session.execute(gone.values(password_hash=None))
        self._made.pop(subscriber_id, None)


def _letter(one: Due) -> Letter:
    attributes: dict[str, Any] = {**one.event, **marks(one)}
    data = attributes.pop("data")
    attributes.pop("datacontenttype", None)
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Letter(f"subscriber.{one.subscriber_id}", attributes, body)


def _user_of(broker_url: str) -> str:
    return unquote(urlsplit(broker_url).username or "guest")
