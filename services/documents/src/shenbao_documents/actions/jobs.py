"""What is made later: it is gathered, waits, is taken by a worker, and is kept a week for whoever asked for it."""

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotFound
from shenbao_documents.models import Export
from shenbao_documents.models.print_jobs import PrintJob

GATHERING, WAITING, WRITING, DONE = "gathering", "waiting", "writing", "done"
KEPT = timedelta(days=7)
LEASE = timedelta(minutes=10)
"""After which what a killed worker had taken is taken anew."""

Job = TypeVar("Job", Export, PrintJob)


class Lost(Exception):
    """Another worker has taken the job over."""


def of(session: Session, kind: type[Job], job_id: UUID, actor: Actor, *, lock: bool = False) -> Job:
    """The actor's own; for everybody else it does not exist."""
    row = session.get(kind, job_id, with_for_update=lock)
    if row is None or row.account_id != actor.account_id:
        raise NotFound
    return row


def complete(session: Session, kind: type[Job], job_id: UUID, *, actor: Actor) -> Job:
    """Everything is there: the worker may make it."""
    row = of(session, kind, job_id, actor, lock=True)
    if row.state == GATHERING:
        row.state = WAITING
        session.flush()
    return row


def claimed(session: Session, kind: type[Job], now: datetime) -> Job | None:
    """The oldest that waits, for this worker alone; the row no longer belongs to the session."""
    lost = sa.and_(kind.state == WRITING, kind.claimed_at < now - LEASE)
    oldest = sa.select(kind).where(sa.or_(kind.state == WAITING, lost)).order_by(kind.id).limit(1)
    row = session.scalar(oldest.with_for_update(skip_locked=True))
    if row is not None:
        row.state, row.claimed_at = WRITING, now
        session.flush()
        session.expunge(row)
    return row


def renew(session: Session, job: Export | PrintJob, now: datetime, **progress: object) -> None:
    """Notes how far it is, and that its worker lives; raises Lost when another took it for dead meanwhile."""
    kind = type(job)
    mine = sa.update(kind).where(kind.id == job.id, kind.state == WRITING, kind.claimed_at == job.claimed_at)
    if session.scalar(mine.values(claimed_at=now, **progress).returning(kind.id)) is None:
        raise Lost
    job.claimed_at = now


def forget(session: Session, kind: type[Job], now: datetime) -> set[str]:
    """Ends those that were kept long enough; answers the bytes that they stood on."""
    old = sa.delete(kind).where(kind.made_at < now - KEPT).returning(kind.sha256)
    return {sha256 for sha256 in session.scalars(old) if sha256}
