"""Which deliveries may go now, and what follows from how they went."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from shenbao_subscriptions.domain import pace
from shenbao_subscriptions.domain.outcome import Outcome
from shenbao_subscriptions.models import Delivery, LogEntry, Subscriber

_subscriber: Any = Subscriber.__table__
_AT = sa.bindparam("at", type_=ARRAY(sa.BigInteger))

LANES = 6
"""Connections to one subscriber at a time; one while it counts as away."""

IN_A_ROW = 8
"""Deliveries that one connection is given at a time; after a failure the rest of them waits for another turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One delivery whose time has come. event: as it stands in the log; replayed: it was asked for again.

    failures: of its subscriber, in a row, when this was looked up.
    """

    id: int
    subscriber_id: UUID
    subject: str
    position: int
    attempts: int
    replayed: bool
    event: Mapping[str, Any]
    failures: int

    @property
    def is_probe(self) -> bool:
        """It asks whether its subscriber is back."""
        return self.failures >= pace.QUIET_AFTER


def marks(one: Due) -> dict[str, Any]:
    """What is added to the event: its place in the log, whom it is for, and whether it was asked for again."""
    more: dict[str, Any] = {"position": f"{one.position:020}", "subscriber": str(one.subscriber_id)}
    return more | ({"replayed": True} if one.replayed else {})


def due(
    session: Session,
    now: datetime,
    channel: str,
    *,
    under_way: Mapping[tuple[UUID, str], int] = MappingProxyType({}),
    full: Collection[UUID] = (),
) -> list[Due]:
    """Of each subject of each subscriber only the oldest: its later ones wait behind it, also while it is under way.

    under_way: deliveries by (subscriber, subject). full: subscribers that are not asked about. Untried ones come
    first, so that one event that is refused again and again is not all that a subscriber is ever asked to take.
    """
    at_work = Counter(subscriber_id for subscriber_id, _ in under_way)
    asked = {"now": now, "channel": channel, "under_way": list(under_way.values()), "full": list(full)}
    found = []
    for row in session.execute(_DUE, asked | {"most": LANES * IN_A_ROW}):
        most = 1 if row.failures >= pace.QUIET_AFTER else LANES * IN_A_ROW
        # A replay may have put an older one before the one that is under way.
        if (row.subscriber_id, row.subject) not in under_way and at_work[row.subscriber_id] < most:
            at_work[row.subscriber_id] += 1
            found.append(row)
    return _with_events(session, found)


def _with_events(session: Session, rows: Sequence[sa.Row[Any]]) -> list[Due]:
    """Each event is read once, for however many subscribers it is."""
    entries = sa.select(LogEntry.position, LogEntry.envelope).where(LogEntry.position == sa.any_(_AT))
    positions = {"at": list({row.position for row in rows})}
    events = {entry.position: entry.envelope for entry in session.execute(entries, positions)} if rows else {}
    return [
        Due(
            id=row.id,
            subscriber_id=row.subscriber_id,
            subject=row.subject,
            position=row.position,
            attempts=row.attempts,
            replayed=row.replay_id is not None,
            event=events[row.position],
            failures=row.failures,
        )
        for row in rows
        if row.position in events
    ]


def _due_statement() -> sa.Select[Any]:
    now = sa.bindparam("now", type_=sa.DateTime(timezone=True))
    heads = (
        sa.select(
            Delivery.id,
            Delivery.subscriber_id,
            Delivery.subject,
            Delivery.position,
            Delivery.attempts,
            Delivery.next_attempt_at,
            Delivery.replay_id,
            Subscriber.failures,
        )
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(
            Delivery.state == "pending",
            Subscriber.state == "active",
            Subscriber.channel == sa.bindparam("channel"),
            Subscriber.id != sa.all_(sa.bindparam("full", type_=ARRAY(sa.Uuid))),
            sa.or_(Subscriber.quiet_until.is_(None), Subscriber.quiet_until <= now),
        )
        .ext(distinct_on(Delivery.subscriber_id, Delivery.subject))
        .order_by(Delivery.subscriber_id, Delivery.subject, Delivery.position, Delivery.id)
        .subquery()
    )
    turn = sa.func.row_number().over(partition_by=heads.c.subscriber_id, order_by=(heads.c.attempts, heads.c.position))
    ready = sa.select(heads, turn.label("turn")).where(
        heads.c.id != sa.all_(sa.bindparam("under_way", type_=ARRAY(sa.BigInteger))),
        sa.or_(heads.c.next_attempt_at.is_(None), heads.c.next_attempt_at <= now),
    )
    ranked = ready.subquery()
    return (
        sa.select(ranked)
        .where(ranked.c.turn <= sa.bindparam("most", type_=sa.Integer))
        .order_by(ranked.c.turn, ranked.c.subscriber_id)
    )


_DUE = _due_statement()


def record(session: Session, done: Sequence[tuple[Due, Outcome]], now: datetime) -> None:
    """Keeps what came of some deliveries, in the caller's transaction."""
    taken = [one for one, outcome in done if not outcome.error]
    for one, outcome in done:
        if outcome.error:
            _failed(session, one, outcome, now)
    if taken:
        _taken(session, taken, now)


def _taken(session: Session, taken: Sequence[Due], now: datetime) -> None:
    ids = [one.id for one in taken]
    done = {"state": "delivered", "attempts": Delivery.attempts + 1, "delivered_at": now, "next_attempt_at": None}
    session.execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values({**done, "error": None}))
    newest: dict[UUID, int] = {}
    for one in taken:
        newest[one.subscriber_id] = max(newest.get(one.subscriber_id, 0), one.position)
    _are_well(session, newest, now)
    # What failed while it was away is tried at once.
    back = sa.update(Delivery).where(Delivery.state == "pending", Delivery.next_attempt_at.is_not(None))
    for subscriber_id in {one.subscriber_id for one in taken if one.is_probe}:
        session.execute(back.where(Delivery.subscriber_id == subscriber_id).values(next_attempt_at=None))


def _are_well(session: Session, newest: Mapping[UUID, int], now: datetime) -> None:
    """They took something: what failed before no longer counts. Always in one order, so that nobody waits in a ring."""
    at = sa.values(sa.column("id", sa.Uuid), sa.column("position", sa.BigInteger), name="at").data(
        sorted(newest.items())
    )
    session.execute(
        sa.update(_subscriber)
        .where(_subscriber.c.id == at.c.id)
        .values(
            failures=0,
            failing_since=None,
            quiet_until=None,
            delivered_at=now,
            delivered_position=sa.func.greatest(_subscriber.c.delivered_position, at.c.position),
        )
    )


def _failed(session: Session, one: Due, outcome: Outcome, now: datetime) -> None:
    again = pace.next_try(one.attempts + 1, now, not_before=outcome.wish)
    session.execute(
        sa.update(Delivery)
        .where(Delivery.id == one.id, Delivery.state == "pending")
        .values(attempts=Delivery.attempts + 1, error=outcome.error, next_attempt_at=again)
    )
    row = session.execute(
        sa.select(Subscriber.failures, Subscriber.failing_since, Subscriber.quiet_until)
        .where(Subscriber.id == one.subscriber_id)
        .with_for_update()
    ).one()
    since = row.failing_since or now
    known: dict[str, Any] = {"error": outcome.error, "error_at": now, "failing_since": since}
    if row.quiet_until is None or row.quiet_until <= now:
        # Several were under way when it fell silent: that is one failure, not six.
        known |= {"failures": row.failures + 1, "quiet_until": pace.quiet_until(row.failures + 1, now)}
    if outcome.wish:
        quiet = known.get("quiet_until") or row.quiet_until or now
        known["quiet_until"] = max(quiet, now + outcome.wish)  # it spoke for itself, not for one event
    session.execute(sa.update(_subscriber).where(_subscriber.c.id == one.subscriber_id).values(known))
    if outcome.gone:
        pause(session, one.subscriber_id, "gone")
    elif again is None:
        pause(session, one.subscriber_id, "event_refused")
    elif now - since >= pace.GIVEN_UP_AFTER:
        pause(session, one.subscriber_id, "repeated_failure")


def pause(session: Session, subscriber_id: UUID, why: str) -> None:
    """Nothing is dropped: what waits goes on waiting until somebody resumes it."""
    active = sa.update(_subscriber).where(_subscriber.c.id == subscriber_id, _subscriber.c.state == "active")
    session.execute(active.values(state="paused", pause=why, version=_subscriber.c.version + 1))
