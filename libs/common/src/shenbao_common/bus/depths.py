"""How much waits, and for how long: for gauges, for `shenbao events depths` and for the operators' page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import feed
from shenbao_common.bus.tables import OWN_LOG, followed, inbox, outbox, replay

MOST = 100_000
"""Rows counted at most: beyond it the number tells an operator nothing more, and a scrape must stay cheap."""


@dataclass(frozen=True, slots=True)
class Depth:
    """number: how many wait, at most MOST; age: seconds that the oldest of them has waited."""

    number: int
    age: float


@dataclass(frozen=True, slots=True)
class Depths:
    """unpublished: told, but not yet confirmed by the broker. deferred, parked: heard, but not handled.

    position: the last one given in the own log; followed: how far each publisher has been followed.
    """

    position: int
    unpublished: Depth
    deferred: Depth
    parked: Depth
    replays: int
    followed: dict[str, int]


def read(session: Session, now: datetime) -> Depths:
    """As things stand."""
    sources = sa.select(followed).where(followed.c.source != OWN_LOG).order_by(followed.c.source)
    open_replays = sa.select(sa.func.count()).select_from(replay).where(replay.c.finished_at.is_(None))
    return Depths(
        position=feed.position_of(session, OWN_LOG),
        unpublished=_unpublished(session, now),
        deferred=_depth(session, _waiting("deferred"), now),
        parked=_depth(session, _waiting("parked"), now),
        replays=session.scalar(open_replays) or 0,
        followed={row.source: row.position for row in session.execute(sources)},
    )


def _unpublished(session: Session, now: datetime) -> Depth:
    # Rows are published in the order of their positions, so those that wait lie at the end of the index.
    last = (
        sa.select(outbox.c.position)
        .where(outbox.c.published_at.is_not(None), outbox.c.position > 0)
        .order_by(outbox.c.position.desc())
        .limit(1)
    )
    published = session.scalar(last) or 0
    stamped = sa.select(outbox.c.time).where(outbox.c.position > published).limit(MOST)
    unstamped = sa.select(outbox.c.time).where(outbox.c.position.is_(None)).limit(MOST)
    return _depth(session, sa.union_all(stamped, unstamped), now)


def _waiting(state: str) -> sa.Select[Any]:
    return sa.select(inbox.c.seen_at.label("time")).where(inbox.c.state == state).limit(MOST)


def _depth(session: Session, rows: "sa.Select[Any] | sa.CompoundSelect[Any]", now: datetime) -> Depth:
    waiting = rows.subquery()
    number, oldest = session.execute(sa.select(sa.func.count(), sa.func.min(waiting.c.time)).select_from(waiting)).one()
    return Depth(number, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
