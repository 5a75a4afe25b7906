"""The feed: what a publisher told, by position. The past for late comers, the cure for loss, the only way embedded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.bus.envelope import Envelope, publisher, short
from shenbao_common.bus.tables import OWN_LOG, followed, outbox


@dataclass(frozen=True, slots=True)
class FeedPage:
    """events: oldest first; watermark: the last position given by the publisher.

    next: the position that this page has come to. Everything asked for up to there is in this page or was before it;
    reading goes on after it. Of a page that was not full it is the watermark.
    """

    events: Sequence[Envelope]
    watermark: int
    next: int


class FeedSource(Protocol):
    """One publisher's feed, wherever it is read."""

    def read(
        self, after: int, limit: int, types: Sequence[str] | None = None, *, subject: str | None = None
    ) -> FeedPage: ...


def read(
    session: Session,
    after: int,
    limit: int,
    *,
    types: Sequence[str] | None = None,
    subject: str | None = None,
    since: datetime | None = None,
) -> FeedPage:
    """Events after a position, at most `limit`; types with or without the prefix of the wire."""
    watermark = position_of(session, OWN_LOG)
    wanted = sa.select(outbox).where(outbox.c.position > after, outbox.c.position <= watermark)
    if types is not None:
        wanted = wanted.where(outbox.c.type.in_([short(name) for name in types]))
    if subject is not None:
        wanted = wanted.where(outbox.c.subject == subject)
    if since is not None:
        wanted = wanted.where(outbox.c.time >= since)
    rows = session.execute(wanted.order_by(outbox.c.position).limit(limit)).all()
    come_to = rows[-1].position if len(rows) == limit else max(watermark, after)
    return FeedPage([_envelope(row) for row in rows], watermark, come_to)


def position_of(session: Session, source: str) -> int:
    """How far a publisher has been followed here; the own log's last position under OWN_LOG."""
    known = session.scalar(sa.select(followed.c.position).where(followed.c.source == source))
    return known or 0


class LocalFeed:
    """The feed of a publisher whose database is at hand (a FeedSource): for tests and one-process set-ups."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def read(
        self, after: int, limit: int, types: Sequence[str] | None = None, *, subject: str | None = None
    ) -> FeedPage:
        with self._sessions.begin() as session:
            return read(session, after, limit, types=types, subject=subject)


def _envelope(row: sa.Row[tuple[object, ...]]) -> Envelope:
    return Envelope(
        id=row.id,
        source=publisher(row.type),
        type=row.type,
        subject=row.subject,
        time=row.time,
        data=row.data,
        position=row.position,
        revision=row.revision,
        trace=row.trace,
    )
