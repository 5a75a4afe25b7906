"""Large files in several requests: a broken line costs what was under way, not what had arrived."""

from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken
from shenbao_documents import queries
from shenbao_documents.actions.files import Intake, Sent, Wanted, keep, policy_for
from shenbao_documents.domain.names import cleaned
from shenbao_documents.domain.policies import purpose_of
from shenbao_documents.models import File, Upload
from shenbao_documents.providers.scanner import ScannerAway
from shenbao_documents.providers.storage import Busy, Storage, WrongPlace

RECEIVED, CHECKING, CLEAN, REFUSED = "received", "checking", "clean", "refused"
UPLOADS_KEPT = timedelta(days=7)
"""How long an unfinished upload may be continued, and a finished one asked about."""
LONGEST_PAUSE = timedelta(minutes=10)
"""Before a file that the scanner came to no verdict about is shown to it again; the first pauses are seconds."""
_AT_A_TIME = 100


def begin(session: Session, *, name: str, size: int, purpose: str, actor: Actor, now: datetime) -> Upload:
    """Announces a file; one that would be too large is refused before a byte of it is sent."""
    wanted = purpose_of(purpose)
    policy = policy_for(session, wanted, actor)
    if size > policy.max_bytes:
        raise RuleBroken("invalid", Problem("file_too_large", "size", {"limit": policy.max_bytes}))
    row = Upload(
        id=uuid4(),
        owner_id=actor.account_id,
        unit_id=actor.unit_id,
        purpose=wanted.text,
        name=cleaned(name),
        size=size,
        state=RECEIVED,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def receive(upload: Upload, stream: BinaryIO, *, offset: int, intake: Intake) -> int:
    """Adds bytes; answers how many there are now. Touches no row, so that a slow line holds no transaction."""
    if upload.state not in {RECEIVED, CHECKING}:
        raise Conflict("upload_over")
    try:
        size = intake.storage.append(upload.id, stream, offset=offset, limit=upload.size)
    except Busy as busy:
        raise Conflict("upload_busy") from busy
    except WrongPlace as wrong:
        raise Conflict("wrong_offset", offset=wrong.size) from wrong
    if size > upload.size:
        intake.storage.drop_part(upload.id)
        raise RuleBroken("invalid", Problem("more_than_announced", "", {"limit": upload.size}))
    return size


def finish(session: Session, upload_id: UUID, *, actor: Actor, intake: Intake, now: datetime) -> File:
    """Checks the whole file as one that came at once, and keeps it; of two who finish it, the second gets the same."""
    row = queries.upload_to_finish(session, upload_id, actor)
    if row.state == CLEAN and row.file_id:
        return queries.own_file_of(session, row.file_id, actor)
    if row.state == REFUSED:
        raise Conflict("upload_over")
    policy_for(session, purpose_of(row.purpose), actor)
    return _kept(session, row, actor.unit_id, intake, now)


def set_aside(session: Session, sent: Sent, *, actor: Actor, intake: Intake, now: datetime) -> Upload:
    """A file that came at once while the scanner is away: it waits for it, and nobody opens it before."""
    sent.stream.seek(0)
    policy = policy_for(session, purpose_of(sent.purpose), actor)
    row = Upload(
        id=uuid4(),
        owner_id=actor.account_id,
        unit_id=actor.unit_id,
        purpose=sent.purpose,
        name=cleaned(sent.name),
        state=CHECKING,
        made_at=now,
    )
    row.size = intake.storage.append(row.id, sent.stream, offset=0, limit=policy.max_bytes)
    session.add(row)
    session.flush()
    return row


def check_waiting(sessions: sessionmaker[Session], intake: Intake, now: datetime) -> bool:
    """Checks what waits for the scanner and is due, the longest due first; whether any of it is through."""
    with sessions.begin() as session:
        due = sa.select(Upload.id).where(Upload.state == CHECKING, _check_at() <= now)
        upload_ids = session.scalars(due.order_by(_check_at()).limit(_AT_A_TIME)).all()
    try:
        return sum([_checked(sessions, upload_id, intake, now) for upload_id in upload_ids]) > 0
    except ScannerAway:
        return False


def _check_at() -> sa.ColumnElement[datetime]:
    return sa.func.coalesce(Upload.check_at, Upload.made_at)


def _checked(sessions: sessionmaker[Session], upload_id: UUID, intake: Intake, now: datetime) -> bool:
    with sessions.begin() as session:
        mine = sa.select(Upload).where(Upload.id == upload_id, Upload.state == CHECKING)
        row = session.scalar(mine.with_for_update(skip_locked=True))
        if row is None:
            return False
        if intake.storage.size_of_part(row.id) < row.size:
            return _put_off(row, now)
        try:
            with session.begin_nested():
                _kept(session, row, row.unit_id, intake, now)
        except RuleBroken as refusal:
            _refuse(row, refusal, intake)
        except ScannerAway:
            raise
        except Conflict:
            return _put_off(row, now)
        return True


def _put_off(row: Upload, now: datetime) -> bool:
    """Whatever it is about this file, it does not hold up the others."""
    row.check_at = now + min(timedelta(seconds=2) * 2**row.checks, LONGEST_PAUSE)
    row.checks = min(row.checks + 1, 20)
    return False


def forget_old(session: Session, storage: Storage, now: datetime) -> None:
    """What nobody finished, and what is long known; not what waits for its check, however long the scanner is away."""
    old = sa.select(Upload).where(Upload.made_at < now - UPLOADS_KEPT)
    for row in session.scalars(old.with_for_update(skip_locked=True)).all():
        if row.state == CHECKING and storage.size_of_part(row.id) >= row.size:
            continue
        storage.drop_part(row.id)
        session.delete(row)


def waiting_for_check(session: Session) -> set[UUID]:
    """Whose bytes are on their way still, however old they are."""
    return set(session.scalars(sa.select(Upload.id).where(Upload.state == CHECKING)))


def _kept(session: Session, row: Upload, unit_id: UUID | None, intake: Intake, now: datetime) -> File:
    purpose = purpose_of(row.purpose)
    wanted = Wanted(row.owner_id, unit_id, purpose, row.name, now)
    with intake.storage.completed(row.id) as incoming:
        file = keep(session, incoming, wanted, policy=queries.policy_of(session, purpose), intake=intake)
    intake.storage.drop_part(row.id)
    row.state, row.file_id = CLEAN, file.id
    return file


def note_checking(session: Session, upload_id: UUID, actor: Actor) -> None:
    """Everything has arrived; whoever asks meanwhile learns that the check is running."""
    row = queries.upload_to_finish(session, upload_id, actor)
    if row.state == RECEIVED:
        row.state = CHECKING


def note_refused(session: Session, upload_id: UUID, refusal: RuleBroken, *, actor: Actor, intake: Intake) -> None:
    """The file failed its check: the reasons stay, its bytes do not."""
    _refuse(queries.upload_to_finish(session, upload_id, actor), refusal, intake)


def _refuse(row: Upload, refusal: RuleBroken, intake: Intake) -> None:
    row.state = REFUSED
    row.refusal = {"errors": [{"code": p.code, "path": p.path, "params": dict(p.params)} for p in refusal.problems]}
    intake.storage.drop_part(row.id)
