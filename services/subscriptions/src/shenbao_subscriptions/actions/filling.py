"""The log becomes deliveries, a window of each subscriber at a time: who is away, paused or new costs nothing more."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from shenbao_subscriptions import queries
from shenbao_subscriptions.models import Delivery, LogEntry, Replay, Subscriber
from shenbao_subscriptions.queries import SPAN, fits, lets_through

WINDOW = 200
"""Deliveries of one subscriber that wait at most before its next ones are made (and as many of its replays)."""

_table: Any = Delivery.__table__
_MADE = ["subscriber_id", "replay_id", "position", "event_id", "type", "subject"]


def fill(session: Session) -> int:
    """Makes what is missing in the windows; answers how many deliveries that were.

    One statement for all subscribers makes the deliveries, and the places that were come to are kept in the same
    transaction: nothing is made twice, nothing left out.
    """
    rows = session.execute(_FILL, {"newest": queries.head(session)}).all()
    _keep(session, Subscriber, [row for row in rows if row.replay_id is None])
    _keep(session, Replay, [row for row in rows if row.replay_id is not None])
    return sum(row.made for row in rows)


def _waiting(kind: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    found = sa.select(sa.func.count()).where(Delivery.subscriber_id == Subscriber.id, Delivery.state == "pending", kind)
    return found.correlate(Subscriber).scalar_subquery()


def _courses() -> sa.CTE:
    """Every subscriber that has not come to the newest position, and the first of its replays, if there is room."""
    newest = sa.bindparam("newest", type_=sa.BigInteger)
    live = sa.select(
        Subscriber.id.label("subscriber_id"),
        sa.null().cast(sa.Uuid).label("replay_id"),
        Subscriber.filled_to.label("after"),
        newest.label("until"),
        sa.literal([], ARRAY(sa.Text)).label("types"),
        sa.null().cast(sa.Text).label("subject"),
        sa.null().cast(sa.DateTime(timezone=True)).label("since"),
    ).where(
        Subscriber.state == "active",
        Subscriber.channel != "feed",
        Subscriber.filled_to < newest,
        _waiting(Delivery.replay_id.is_(None)) < WINDOW,
    )
    earlier = sa.orm.aliased(Replay)
    is_first = ~sa.exists().where(
        earlier.subscriber_id == Replay.subscriber_id, earlier.state == "running", earlier.id < Replay.id
    )
    again = (
        sa.select(
            Subscriber.id,
            Replay.id,
            Replay.filled_to,
            Replay.until,
            Replay.types,
            Replay.subject,
            Replay.since,
        )
        .join(Subscriber, Subscriber.id == Replay.subscriber_id)
        .where(Subscriber.state == "active", Replay.state == "running", is_first)
        .where(_waiting(Delivery.replay_id.is_not(None)) < WINDOW)
    )
    return sa.union_all(live, again).cte("course")


def _statement() -> sa.Select[Any]:
    course = _courses()
    end = sa.func.least(course.c.until, course.c.after + SPAN)
    entry = (
        sa.select(LogEntry.position, LogEntry.event_id, LogEntry.type, LogEntry.subject)
        .where(LogEntry.position > course.c.after, LogEntry.position <= end, fits(LogEntry, Subscriber))
        .where(lets_through(course.c.types, LogEntry.type))
        .where(sa.or_(course.c.subject.is_(None), LogEntry.subject == course.c.subject))
        .where(sa.or_(course.c.since.is_(None), LogEntry.time >= course.c.since))
        .order_by(LogEntry.position)
        .limit(WINDOW)
        .correlate(course, Subscriber)
        .lateral("entry")
    )
    found = sa.select(course.c.subscriber_id, course.c.replay_id, *entry.c).select_from(
        course.join(Subscriber, Subscriber.id == course.c.subscriber_id).join(entry, sa.true())
    )
    new = sa.insert(_table).from_select(_MADE, found)
    columns = _table.c
    made = new.returning(columns.subscriber_id, columns.replay_id, columns.position).cte("made")
    same = sa.and_(
        made.c.subscriber_id == course.c.subscriber_id, made.c.replay_id.is_not_distinct_from(course.c.replay_id)
    )
    count, last = sa.func.count(made.c.position), sa.func.max(made.c.position)
    return (
        sa.select(
            sa.func.coalesce(course.c.replay_id, course.c.subscriber_id).label("id"),
            course.c.replay_id,
            count.label("made"),
            sa.case((count == WINDOW, last), else_=end).label("reached"),
        )
        .select_from(course.outerjoin(made, same))
        .group_by(course.c.subscriber_id, course.c.replay_id, course.c.after, course.c.until)
    )


_FILL = _statement()


def _keep(session: Session, owner: type[Subscriber] | type[Replay], rows: Sequence[sa.Row[Any]]) -> None:
    if not rows:
        return
    moved = sa.values(sa.column("id", sa.Uuid), sa.column("at", sa.BigInteger), name="moved").data(
        [(row.id, row.reached) for row in rows]
    )
    table: Any = owner.__table__
    changes: dict[str, Any] = {"filled_to": moved.c.at}
    if owner is Replay:
        changes["state"] = sa.case((moved.c.at >= table.c.until, "done"), else_=table.c.state)
    session.execute(sa.update(table).where(table.c.id == moved.c.id).values(changes))
