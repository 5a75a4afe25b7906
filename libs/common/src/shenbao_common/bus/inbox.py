"""What this service has heard: for version tokens, for operators (`shenbao events parked|send-back|timeline`)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import publisher
from shenbao_common.bus.tables import inbox, outbox


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that a person has to look at; `kept` is its envelope, or the raw message when it was unreadable."""

    source: str
    event_id: UUID
    type: str
    subject: str
    reason: str
    attempts: int
    seen_at: datetime
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline. way: told | heard; state: waiting | stamped | published or that of the inbox."""

    at: datetime
    way: str
    source: str
    type: str
    subject: str
    event_id: UUID
    position: int | None
    state: str
    attempts: int
    error: str
    trace: str
    replayed: bool


def has_handled(session: Session, event_type: str, event_id: UUID) -> bool:
    """Has this service's copy taken in that event?"""
    row = sa.select(inbox.c.event_id).where(
        inbox.c.source == publisher(event_type),
        inbox.c.event_id == event_id,
        inbox.c.state == "handled",
    )
    return session.execute(row).first() is not None


def parked(session: Session, limit: int = 100) -> list[Parked]:
    """The oldest first."""
    rows = sa.select(inbox).where(inbox.c.state == "parked").order_by(inbox.c.seen_at).limit(limit)
    return [
        Parked(r.source, r.event_id, r.type, r.subject, r.error or "", r.attempts, r.seen_at, r.envelope)
        for r in session.execute(rows)
    ]


def send_back(session: Session, event_ids: Collection[UUID] | None = None) -> int:
    """Gives parked events (all, or these) to their handlers again, with the whole schedule of tries before them."""
    rows = sa.update(inbox).where(inbox.c.state == "parked")
    if event_ids is not None:
        rows = rows.where(inbox.c.event_id.in_(event_ids))
    again = rows.values(state="deferred", attempts=0, next_attempt_at=sa.func.now())
    return len(session.execute(again.returning(inbox.c.event_id)).all())


def timeline(session: Session, *, subject: str | None = None, trace: str | None = None) -> list[Step]:
    """What was told and heard here about a subject, or within a trace (its 32 digits or a whole traceparent)."""
    if (subject is None) == (trace is None):
        raise ValueError("a timeline is of a subject or of a trace")
    told = sa.select(outbox).where(_about(outbox, subject, trace))
    heard = sa.select(inbox).where(_about(inbox, subject, trace))
    steps = [_told(r) for r in session.execute(told)] + [_heard(r) for r in session.execute(heard)]
    return sorted(steps, key=lambda step: step.at)


def _about(table: sa.Table, subject: str | None, trace: str | None) -> sa.ColumnElement[bool]:
    if subject is not None:
        return table.c.subject == subject
    digits = (trace or "").split("-")[1] if "-" in (trace or "") else trace
    return table.c.trace.like(f"00-{digits}-%")


def _told(row: Any) -> Step:
    return Step(
        row.time,
        "told",
        publisher(row.type),
        row.type,
        row.subject,
        row.id,
        row.position,
        "published" if row.published_at else "stamped" if row.position else "waiting",
        1,
        "",
        row.trace,
        False,
    )


def _heard(row: Any) -> Step:
    return Step(
        row.seen_at,
        "heard",
        row.source,
        row.type,
        row.subject,
        row.event_id,
        row.position,
        row.state,
        row.attempts,
        row.error or "",
        row.trace,
        row.replayed,
    )
