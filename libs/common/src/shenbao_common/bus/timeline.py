"""Where an event is, as far as this service knows: told and published here, heard and handled here (B-23)."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus.tables import TRACE_DIGITS, inbox, outbox
from shenbao_common.data.paging import Page, page_of_rows

# A row without position is in no index but that of unstamped ones, which is short: the two are asked apart.
_STAMPED = outbox.c.position.is_not(None)

_NOTHING = sa.null()
_TOLD = (
    outbox.c.time.label("at"),
    sa.literal("told").label("way"),
    sa.func.split_part(outbox.c.type, ".", 1).label("source"),
    outbox.c.type,
    outbox.c.subject,
    outbox.c.id.label("event_id"),
    outbox.c.position,
    sa.case((outbox.c.published_at.is_not(None), "published"), (_STAMPED, "stamped"), else_="waiting").label("state"),
    outbox.c.published_at,
    sa.literal(0).label("attempts"),
    sa.cast(_NOTHING, sa.Text).label("error"),
    sa.cast(_NOTHING, sa.DateTime(timezone=True)).label("next_attempt_at"),
    outbox.c.trace,
    sa.false().label("replayed"),
)
_HEARD = (
    inbox.c.seen_at.label("at"),
    sa.literal("heard").label("way"),
    inbox.c.source,
    inbox.c.type,
    inbox.c.subject,
    inbox.c.event_id,
    inbox.c.position,
    inbox.c.state,
    sa.cast(_NOTHING, sa.DateTime(timezone=True)).label("published_at"),
    inbox.c.attempts,
    inbox.c.error,
    inbox.c.next_attempt_at,
    inbox.c.trace,
    inbox.c.replayed,
)


def of_subject(
    session: Session, subject: str, sources: Collection[str], *, after: str | None = None, limit: int = 100
) -> Page[Any]:
    """What was told here, and heard here of these publishers, about a subject; oldest first.

    way: told or heard; state: waiting (not seen by the relay), stamped, published (confirmed by the broker; without
    one: in the feed), or that of the inbox: handled, deferred, parked.
    """
    # By publisher too, because the inbox's index begins with it.
    heard = (inbox.c.subject == subject) & inbox.c.source.in_(sources)
    return _page(session, steps(outbox.c.subject == subject, heard), after, limit)


def of_trace(session: Session, digits: str, *, after: str | None = None, limit: int = 100) -> Page[Any]:
    """The same for all subjects within a trace (its 32 digits)."""
    return _page(session, steps(_within(digits), _within(digits)), after, limit)


def steps(told: sa.ColumnElement[bool], heard: sa.ColumnElement[bool]) -> sa.Subquery:
    """Lines of the rows that these conditions find in outbox and inbox."""
    return sa.union_all(
        sa.select(*_TOLD).where(told, _STAMPED),
        sa.select(*_TOLD).where(told, ~_STAMPED),
        sa.select(*_HEARD).where(heard),
    ).subquery("steps")


def _within(digits: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(TRACE_DIGITS.text) == digits


def _page(session: Session, lines: sa.Subquery, after: str | None, limit: int) -> Page[Any]:
    by = [lines.c.at, lines.c.event_id]
    return page_of_rows(session, sa.select(lines), by=by, after=after, limit=limit, descending=False)
