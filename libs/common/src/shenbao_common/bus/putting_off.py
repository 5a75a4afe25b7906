"""The rows of the inbox that are not handled: deferred, to be tried again, and parked, for a person to look at."""

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import HEADER, PREFIX, SOURCE, Envelope
from shenbao_common.bus.tables import inbox

UNREADABLE = "unreadable"
_AT_ONCE = 50

# Of each subject only the oldest may run: its later events wait behind it.
_FIRST = (
    sa.select(inbox)
    .where(inbox.c.state == "deferred")
    .ext(distinct_on(inbox.c.source, inbox.c.subject))
    .order_by(inbox.c.source, inbox.c.subject, inbox.c.position)
    .subquery()
)


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as it came off the wire."""

    headers: Mapping[str, Any]
    body: bytes

    def kept(self) -> dict[str, Any]:
        named = {k: v if isinstance(v, int) else str(v) for k, v in self.headers.items()}
        return {"headers": named, "body": base64.b64encode(self.body).decode()}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One deferred event whose time has come."""

    source: str
    event_id: UUID
    attempts: int
    replayed: bool
    kept: Mapping[str, Any]

    def envelope(self) -> Envelope:
        """Raises Unreadable, when it had been parked for that and still is."""
        if "headers" in self.kept:
            body = base64.b64decode(self.kept["body"])
            return Envelope.from_message(self.kept["headers"], body)
        envelope = Envelope.from_structured(self.kept)
        return envelope.as_replayed() if self.replayed else envelope


def due(session: Session, now: datetime, but: Collection[str] = ()) -> list[Waiting]:
    """The oldest of each subject whose time has come, leaving out some publishers."""
    wanted = sa.select(_FIRST).where(_FIRST.c.next_attempt_at <= now, _FIRST.c.source.not_in(but))
    rows = session.execute(wanted.order_by(_FIRST.c.next_attempt_at, _FIRST.c.position).limit(_AT_ONCE))
    return [Waiting(r.source, r.event_id, r.attempts, r.replayed, r.envelope) for r in rows]


def take_up(session: Session, waiting: Waiting, attempts: int) -> bool:
    """Makes it handled, for the transaction in which its handler runs; False when somebody else did."""
    taken = sa.update(inbox).where(
        inbox.c.source == waiting.source,
        inbox.c.event_id == waiting.event_id,
        inbox.c.state == "deferred",
    )
    new = {"state": "handled", "attempts": attempts, "envelope": None, "error": None, "next_attempt_at": None}
    return session.execute(taken.values(new).returning(inbox.c.event_id)).first() is not None


def defer(session: Session, envelope: Envelope, why: str, attempts: int, at: datetime) -> None:
    _keep(session, _row(envelope, why, attempts) | {"state": "deferred", "next_attempt_at": at})


def park(session: Session, envelope: Envelope, why: str, attempts: int) -> None:
    _keep(session, _row(envelope, why, attempts) | {"state": "parked", "next_attempt_at": None})


def park_raw(session: Session, raw: Raw, why: str) -> None:
    """Its id is the one it says, or is made from its content: the same message parks once."""
    row = {
        "source": str(raw.headers.get(f"{HEADER}source", "")).removeprefix(SOURCE) or UNREADABLE,
        "event_id": _id_of(raw),
        "type": str(raw.headers.get(f"{HEADER}type", "")).removeprefix(PREFIX) or UNREADABLE,
        "subject": str(raw.headers.get(f"{HEADER}subject", "")),
        "position": 0,
        "revision": 0,
        "trace": "",
        "state": "parked",
        "attempts": 0,
        "error": why,
        "next_attempt_at": None,
        "envelope": raw.kept(),
        "replayed": False,
    }
    _keep(session, row)


def stay_parked(session: Session, waiting: Waiting, why: str) -> None:
    """Was sent back, and still cannot be read."""
    row = sa.update(inbox).where(inbox.c.source == waiting.source, inbox.c.event_id == waiting.event_id)
    session.execute(row.values(state="parked", error=why, next_attempt_at=None))


def _row(envelope: Envelope, why: str, attempts: int) -> dict[str, Any]:
    return {
        "source": envelope.source,
        "event_id": envelope.id,
        "type": envelope.type,
        "subject": envelope.subject,
        "position": envelope.position,
        "revision": envelope.revision,
        "trace": envelope.trace,
        "attempts": attempts,
        "error": why,
        "envelope": envelope.to_structured(),
        "replayed": envelope.replayed,
    }


def _keep(session: Session, row: dict[str, Any]) -> None:
    new = insert(inbox).values(row)
    changed = {name: new.excluded[name] for name in ("state", "attempts", "error", "next_attempt_at", "envelope")}
    session.execute(
        new.on_conflict_do_update(index_elements=["source", "event_id"], set_=changed, where=inbox.c.state != "handled")
    )


def _id_of(raw: Raw) -> UUID:
    try:
        return UUID(str(raw.headers.get(f"{HEADER}id", "")))
    except ValueError:
        content = json.dumps(raw.kept(), sort_keys=True)
        return uuid5(NAMESPACE_OID, content)
