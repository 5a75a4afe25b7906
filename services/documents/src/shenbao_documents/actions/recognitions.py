"""Files that a machine reads for their owners: asked for, taken by the worker, cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, NotFound, Problem, RuleBroken
from shenbao_common.kernel.ids import uuid7
from shenbao_documents import queries
from shenbao_documents.domain.evidence import READABLE, read
from shenbao_documents.domain.policies import IMAGES
from shenbao_documents.models import File, Recognition
from shenbao_documents.providers.recognition import Reader, Unreadable
from shenbao_documents.providers.storage import Storage

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
MOST_WAITING = 20
"""Images of one owner that may wait at once."""
LEASE = timedelta(minutes=3)
"""After which an image that a killed worker was reading is read anew."""


@dataclass(frozen=True, slots=True)
class Work:
    """One image to read."""

    id: UUID
    kind: str
    sha256: str


def begin(session: Session, file_id: UUID, *, kind: str, actor: Actor, now: datetime) -> Recognition:
    """Asks for a reading; the answer comes later."""
    file = queries.own_file_of(session, file_id, actor)
    if kind not in READABLE:
        raise RuleBroken("invalid", Problem("unknown_choice", "kind"))
    if file.media_type not in IMAGES:
        raise RuleBroken("invalid", Problem("not_an_image", "file"))
    _ensure_room(session, actor.account_id)
    row = Recognition(id=uuid7(), file_id=file.id, owner_id=actor.account_id, kind=kind, state=WAITING, made_at=now)
    session.add(row)
    session.flush()
    return row


def _ensure_room(session: Session, owner_id: UUID) -> None:
    # One reader works for all: nobody fills its line.
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(owner_id.int >> 65)))
    own = sa.select(Recognition.id).where(Recognition.owner_id == owner_id, Recognition.state.in_((WAITING, RUNNING)))
    if len(session.scalars(own.limit(MOST_WAITING)).all()) >= MOST_WAITING:
        raise Conflict("too_many_recognitions", limit=MOST_WAITING)


def of(session: Session, recognition_id: UUID, actor: Actor) -> Recognition:
    row = session.get(Recognition, recognition_id)
    if row is None or row.owner_id != actor.account_id:
        raise NotFound
    return row


def cancel(session: Session, recognition_id: UUID, *, actor: Actor) -> Recognition:
    """What is read after this is thrown away."""
    row = of(session, recognition_id, actor)
    row.state, row.result = CANCELLED, None
    session.flush()
    return row


def work_off(sessions: sessionmaker[Session], storage: Storage, reader: Reader, now: datetime) -> bool:
    """Reads the oldest waiting image; False when there is none. No transaction is open meanwhile."""
    with sessions.begin() as session:
        work = _claimed(session, now)
    if work is None:
        return False
    try:
        with storage.local(work.sha256) as path:
            turned, lines = reader.read(str(path), work.kind)
        fields = read(work.kind, lines, today=now.date())
        result = {"turned": turned, "fields": fields, "lines": [line.text for line in lines]}
    except Unreadable:
        result = None
    with sessions.begin() as session:
        row = session.get(Recognition, work.id, with_for_update=True)
        if row is not None and row.state == RUNNING:
            row.state, row.result = (DONE, result) if result else (FAILED, None)
    return True


def _claimed(session: Session, now: datetime) -> Work | None:
    lost = sa.and_(Recognition.state == RUNNING, Recognition.claimed_at < now - LEASE)
    oldest = (
        sa.select(Recognition)
        .where(sa.or_(Recognition.state == WAITING, lost))
        .order_by(Recognition.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalar(oldest)
    if row is None:
        return None
    file = session.get(File, row.file_id)
    if file is None:
        row.state = CANCELLED
        return None
    row.state, row.claimed_at = RUNNING, now
    return Work(row.id, row.kind, file.sha256)
