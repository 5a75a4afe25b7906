"""What a subscriber may see, the lists, and the part of the log that a subscriber reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_subscriptions.models import Delivery, LogEntry, Replay, Subscriber

SPAN = 20_000
"""Places of the log that one question looks at, so that a narrow filter cannot make it look at everything."""

_UNCOUNTED = 1_000
"""From here on what waits is not counted: so many, or more."""


def lets_through(allowed: Any, value: Any) -> sa.ColumnElement[bool]:
    """An empty list lets everything through, any other only what is in it."""
    return sa.or_(sa.func.cardinality(allowed) == 0, sa.func.coalesce(value == sa.any_(allowed), False))


def fits(entry: Any, subscriber: Any) -> sa.ColumnElement[bool]:
    """May this subscriber hear this entry? A filter lets through only what is known to fit: an event without a year
    passes no filter of years. entry, subscriber: the mapped classes."""
    return sa.and_(
        lets_through(subscriber.types, entry.type),
        lets_through(subscriber.programmes, entry.programme),
        lets_through(subscriber.years, entry.year),
        lets_through(subscriber.steps, entry.step),
        lets_through(subscriber.results, entry.result),
        sa.or_(sa.func.cardinality(subscriber.bodies) == 0, entry.bodies.overlap(subscriber.bodies)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the log: what comes after a position, and may be narrowed further."""

    after: int
    types: Sequence[str] = ()
    subject: str | None = None
    since: datetime | None = None

    def narrows(self) -> list[sa.ColumnElement[bool]]:
        wanted: list[sa.ColumnElement[bool]] = []
        if self.types:
            wanted.append(LogEntry.type.in_(self.types))
        if self.subject is not None:
            wanted.append(LogEntry.subject == self.subject)
        if self.since is not None:
            wanted.append(LogEntry.time >= self.since)
        return wanted


@dataclass(frozen=True, slots=True)
class LogPage:
    """entries: oldest first; next: the position that this page has come to; head: the newest position."""

    entries: Sequence[LogEntry]
    next: int
    head: int


def head(session: Session) -> int:
    """The newest position of the log."""
    return session.scalar(sa.select(sa.func.max(LogEntry.position))) or 0


def read_log(session: Session, subscriber: Subscriber, part: Part, limit: int) -> LogPage:
    """What the subscriber may see of the part; may be empty while there is more: `next` is behind `head` then."""
    newest = head(session)
    end = newest if part.subject is not None else min(newest, part.after + SPAN)
    query = (
        sa.select(LogEntry)
        .join(Subscriber, Subscriber.id == subscriber.id)
        .where(LogEntry.position > part.after, LogEntry.position <= end, fits(LogEntry, Subscriber), *part.narrows())
        .order_by(LogEntry.position)
        .limit(limit)
    )
    entries = session.scalars(query).all()
    return LogPage(entries, entries[-1].position if len(entries) == limit else max(end, part.after), newest)


def subscriber(session: Session, subscriber_id: UUID) -> Subscriber:
    return _one(session, _present().where(Subscriber.id == subscriber_id))


def subscriber_to_change(session: Session, subscriber_id: UUID) -> Subscriber:
    """Locked until the transaction ends."""
    return _one(session, _present().where(Subscriber.id == subscriber_id).with_for_update())


def subscriber_of(session: Session, account_id: UUID) -> Subscriber:
    """The subscriber that a system's own token belongs to."""
    return _one(session, _present().where(Subscriber.account_id == account_id))


def subscribers(session: Session, *, state: str | None, after: str | None, limit: int) -> Page[Subscriber]:
    """By name."""
    query = _present() if state is None else _present().where(Subscriber.state == state)
    return page(session, query, by=[Subscriber.name, Subscriber.id], after=after, limit=limit, descending=False)


def waiting(session: Session, subscriber_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Deliveries made but not done, by subscriber, counted up to a bound."""
    found: dict[UUID, int] = {}
    for subscriber_id in subscriber_ids:
        some = sa.select(Delivery.id).where(Delivery.subscriber_id == subscriber_id, Delivery.state == "pending")
        bounded = some.limit(_UNCOUNTED).subquery()
        found[subscriber_id] = session.scalar(sa.select(sa.func.count()).select_from(bounded)) or 0
    return found


def replays(session: Session, subscriber_id: UUID, *, after: str | None, limit: int) -> Page[Replay]:
    """The newest first."""
    query = sa.select(Replay).where(Replay.subscriber_id == subscriber_id)
    return page(session, query, by=[Replay.id], after=after, limit=limit)


def deliveries(
    session: Session,
    *,
    subscriber_id: UUID | None,
    subject: str | None,
    state: str | None,
    after: str | None,
    limit: int,
) -> Page[Delivery]:
    """The newest first."""
    query = sa.select(Delivery)
    if subscriber_id is not None:
        query = query.where(Delivery.subscriber_id == subscriber_id)
    if subject is not None:
        query = query.where(Delivery.subject == subject)
    if state is not None:
        query = query.where(Delivery.state == state)
    return page(session, query, by=[Delivery.id], after=after, limit=limit)


def delivery_to_change(session: Session, delivery_id: int) -> Delivery:
    """Locked until the transaction ends."""
    found = session.scalars(sa.select(Delivery).where(Delivery.id == delivery_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    return found


def _present() -> sa.Select[Subscriber]:
    return sa.select(Subscriber).where(Subscriber.state != "removed")


def _one(session: Session, query: sa.Select[Subscriber]) -> Subscriber:
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
