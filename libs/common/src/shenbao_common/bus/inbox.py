"""What this service has heard: for version tokens, and for operators what they have to look at."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus.envelope import publisher
from shenbao_common.bus.tables import inbox
from shenbao_common.data.paging import Page, page_of_rows


def has_handled(session: Session, event_type: str, event_id: UUID) -> bool:
    """Has this service's copy taken in that event?"""
    row = sa.select(inbox.c.event_id).where(
        inbox.c.source == publisher(event_type),
        inbox.c.event_id == event_id,
        inbox.c.state == "handled",
    )
    return session.execute(row).first() is not None


def parked(session: Session, *, after: str | None = None, limit: int = 100) -> Page[Any]:
    """Inbox rows that a person has to look at, oldest first; `envelope` is the event, or the raw message when it was
    unreadable."""
    rows = sa.select(inbox).where(inbox.c.state == "parked")
    by = [inbox.c.seen_at, inbox.c.event_id]
    return page_of_rows(session, rows, by=by, after=after, limit=limit, descending=False)


def send_back(session: Session, event_ids: Collection[UUID] | None = None) -> int:
    """Gives parked events (all, or these) to their handlers again, with the whole schedule of tries before them."""
    rows = sa.update(inbox).where(inbox.c.state == "parked")
    if event_ids is not None:
        rows = rows.where(inbox.c.event_id.in_(event_ids))
    again = rows.values(state="deferred", attempts=0, next_attempt_at=sa.func.now())
    return len(session.execute(again.returning(inbox.c.event_id)).all())
