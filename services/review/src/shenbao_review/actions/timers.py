"""What is due: rows that any worker takes, each fired once.

A worker holds the rows of its piece until it commits, and others pass them over; a worker that dies leaves them due.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.ids import uuid7
from shenbao_review.models import Timer

PIECE = 100
_LONGEST = timedelta(hours=1)
_log = structlog.get_logger()

Act = Callable[[Session, UUID, datetime], bool]
"""Does what is due for a subject; False to be asked again soon."""


def wind(session: Session, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Sets a timer, or sets it anew."""
    new = insert(Timer).values(timer_id=uuid7(), kind=kind, subject_id=subject_id, due_at=due_at, attempts=0)
    anew = {"due_at": new.excluded.due_at, "fired_at": None, "attempts": 0}
    session.execute(new.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=anew))


def stop(session: Session, subject_ids: list[UUID]) -> None:
    """Nothing is due any more for these."""
    session.execute(sa.delete(Timer).where(Timer.subject_id.in_(subject_ids), Timer.fired_at.is_(None)))


def fire(session: Session, acts: Mapping[str, Act], now: datetime) -> bool:
    """Does a piece of what is due by now; False when nothing is."""
    due = sa.select(Timer).where(Timer.fired_at.is_(None), Timer.due_at <= now).order_by(Timer.due_at).limit(PIECE)
    taken = session.scalars(due.with_for_update(skip_locked=True)).all()
    for timer in taken:
        _fire(session, acts[timer.kind], timer, now)
    return bool(taken)


def _fire(session: Session, act: Act, timer: Timer, now: datetime) -> None:
    try:
        with session.begin_nested():
            done = act(session, timer.subject_id, now)
    except Exception as fault:  # noqa: BLE001  (one that fails must not hold up the others; it is tried again)
        _log.warning("timer_failed", kind=timer.kind, timer_id=str(timer.timer_id), error=type(fault).__name__)
        done = False
    if done:
        timer.fired_at = now
    else:
        timer.attempts += 1
        timer.due_at = now + min(_LONGEST, timedelta(seconds=2 ** min(timer.attempts, 12)))
