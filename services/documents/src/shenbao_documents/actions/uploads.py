"""Large files in several requests: a broken line costs what was under way, not what had arrived."""

from datetime import datetime
from typing import BinaryIO
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken
from shenbao_documents import queries
from shenbao_documents.actions.files import Intake, Wanted, keep, policy_for
from shenbao_documents.domain.names import cleaned
from shenbao_documents.domain.policies import purpose_of
from shenbao_documents.models import File, Upload
from shenbao_documents.providers.storage import Busy, WrongPlace

RECEIVED, CHECKING, CLEAN, REFUSED = "received", "checking", "clean", "refused"


def begin(session: Session, *, name: str, size: int, purpose: str, actor: Actor, now: datetime) -> Upload:
    """Announces a file; one that would be too large is refused before a byte of it is sent."""
    wanted = purpose_of(purpose)
    policy = policy_for(session, wanted, actor)
    if size > policy.max_bytes:
        raise RuleBroken("invalid", Problem("file_too_large", "size", {"limit": policy.max_bytes}))
    row = Upload(
        id=uuid4(),
        owner_id=actor.account_id,
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
    purpose = purpose_of(row.purpose)
    policy = policy_for(session, purpose, actor)
    with intake.storage.completed(row.id) as incoming:
        file = keep(session, incoming, Wanted(actor, purpose, row.name, now), policy=policy, intake=intake)
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
    row = queries.upload_to_finish(session, upload_id, actor)
    row.state = REFUSED
    row.refusal = {"errors": [{"code": p.code, "path": p.path, "params": dict(p.params)} for p in refusal.problems]}
    intake.storage.drop_part(row.id)
