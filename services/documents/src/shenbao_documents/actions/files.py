"""Taking in files, and what their owners do with them: name, turn, use again, delete."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed, Problem, RuleBroken
from shenbao_documents import queries
from shenbao_documents.domain.names import cleaned, extension
from shenbao_documents.domain.policies import (
    EXTENSIONS,
    IMAGES,
    MEDIA_TYPES,
    OF_UNITS,
    PROGRAMME_KINDS,
    PUBLICATION,
    Policy,
    Purpose,
    purpose_of,
)
from shenbao_documents.domain.receipts import Receipt
from shenbao_documents.domain.retention import later
from shenbao_documents.models import UPLOADED, File, FileView, Unwanted
from shenbao_documents.models.uses import FileUse
from shenbao_documents.providers import content, image
from shenbao_documents.providers.scanner import Scanner
from shenbao_documents.providers.storage import Incoming, Storage

DELETED_KEPT = timedelta(days=7)
"""Longer than any news of a report is late."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Where files are kept, and who looks for harm in them; scanner None: a deployment without one."""

    storage: Storage
    scanner: Scanner | None


@dataclass(frozen=True, slots=True)
class Sent:
    """What the caller sent: bytes, the name that people gave them, and what they are for."""

    stream: BinaryIO
    name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where content comes from. file_id: the file that it was turned or taken from."""

    source: str = UPLOADED
    file_id: UUID | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be kept: for whom, what for, under which name, from where, when."""

    owner_id: UUID
    unit_id: UUID | None
    purpose: Purpose
    name: str
    now: datetime
    origin: Origin = Origin()


def take_in(session: Session, sent: Sent, *, actor: Actor, intake: Intake, now: datetime) -> File:
    """Checks a file by its content and keeps it; refused, it leaves neither a row nor a byte."""
    wanted = Wanted(actor.account_id, actor.unit_id, purpose_of(sent.purpose), cleaned(sent.name), now)
    policy = policy_for(session, wanted.purpose, actor)
    with intake.storage.receive(sent.stream, limit=policy.max_bytes) as incoming:
        return keep(session, incoming, wanted, policy=policy, intake=intake)


def policy_for(session: Session, purpose: Purpose, actor: Actor) -> Policy:
    """What the actor may bring for this purpose."""
    _ensure_may_upload(actor, purpose)
    return queries.policy_of(session, purpose)


def keep(session: Session, incoming: Incoming, wanted: Wanted, *, policy: Policy, intake: Intake) -> File:
    """Checks bytes that have arrived, and keeps them as a file."""
    found = content.inspect(incoming, name=wanted.name, policy=policy)
    if intake.scanner:
        intake.scanner.ensure_harmless(incoming.path)
    file = File(
        # Outward ids tell nothing, not even the time of the upload.
        id=uuid4(),
        owner_id=wanted.owner_id,
        unit_id=wanted.unit_id,
        purpose=wanted.purpose.text,
        name=wanted.name,
        media_type=found.media_type,
        size=incoming.size,
        sha256=incoming.sha256,
        pages=found.pages,
        made_at=wanted.now,
        source=wanted.origin.source,
        origin_id=wanted.origin.file_id,
        valid_until=wanted.origin.valid_until,
        look_at=later(wanted.now, policy.unused_months) if policy.unused_months else None,
    )
    hold_content(session, incoming.sha256)
    session.add(file)
    session.flush()
    # Last, so that a row that cannot be written leaves no bytes; bytes without a row are harmless.
    intake.storage.keep(incoming)
    return file


def hold_content(session: Session, sha256: str) -> None:
    """Until the transaction ends nobody else keeps or removes these bytes."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(int(sha256[:15], 16))))


def change(session: Session, file_id: UUID, *, actor: Actor, **changes: object) -> File:
    """Another name or validity date; the content stays what it was."""
    file = queries.own_file_of(session, file_id, actor)
    if "name" in changes:
        file.name = cleaned(str(changes["name"]))
    if "valid_until" in changes:
        file.valid_until = changes["valid_until"]  # type: ignore[assignment]
    session.flush()
    return file


def turn(session: Session, file_id: UUID, *, degrees: int, actor: Actor, intake: Intake, now: datetime) -> File:
    """A new file with the image turned clockwise; the one it was made of is left as it was."""
    file = queries.own_file_of(session, file_id, actor)
    if file.media_type not in IMAGES:
        raise RuleBroken("invalid", Problem("not_an_image", "file"))
    with intake.storage.open(file.sha256) as source, tempfile.TemporaryFile() as target:
        image.turned(source, target, degrees=degrees)
        target.seek(0)
        return _again(session, file, target, purpose=purpose_of(file.purpose), made=(actor, intake, now))


def use_again(session: Session, file_id: UUID, *, purpose: str, actor: Actor, intake: Intake, now: datetime) -> File:
    """The same content for another purpose, without a second upload; each use stands and falls by itself."""
    file = queries.own_file_of(session, file_id, actor)
    with intake.storage.open(file.sha256) as source:
        return _again(session, file, source, purpose=purpose_of(purpose), made=(actor, intake, now))


def _again(
    session: Session, file: File, stream: BinaryIO, *, purpose: Purpose, made: tuple[Actor, Intake, datetime]
) -> File:
    actor, intake, now = made
    policy = policy_for(session, purpose, actor)
    origin = Origin(file.source, file.id, file.valid_until)
    wanted = Wanted(actor.account_id, actor.unit_id, purpose, full_name(file), now, origin)
    with intake.storage.receive(stream, limit=policy.max_bytes) as incoming:
        again = keep(session, incoming, wanted, policy=policy, intake=intake)
    again.facts, again.fact_key = file.facts, file.fact_key
    session.flush()
    return again


def delete(session: Session, file_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Gone for everybody now; row and bytes go when no news can be under way any more that it was reported before."""
    file = queries.own_file_of(session, file_id, actor)
    if queries.is_reported(session, file.id):
        raise Conflict("file_reported")
    if queries.is_shown(session, file.id):
        raise Conflict("file_shown")
    if queries.is_in_use(session, file.id) or (file.purpose == PUBLICATION and not file.uses_known):
        raise Conflict("file_in_use")
    file.deleted_at = now


def forget_deleted(session: Session, now: datetime) -> None:
    """What was deleted long enough ago, and what stood on it alone; what a draft stands on stays."""
    used = sa.exists().where(FileUse.file_id == File.id)
    # A draft of before that was not saved since may stand on it, and be reported yet.
    unknown = sa.or_(*(File.purpose.startswith(f"{kind}:") for kind in PROGRAMME_KINDS)) & ~File.uses_known
    old = sa.delete(File).where(File.deleted_at < now - DELETED_KEPT, ~used, ~unknown).returning(File.id, File.sha256)
    gone = session.execute(old).all()
    if gone:
        session.execute(sa.delete(FileView).where(FileView.file_id.in_([row.id for row in gone])))
        want_no_more(session, {row.sha256 for row in gone})


def want_no_more(session: Session, contents: Iterable[str]) -> None:
    """These bytes go with the next sweep, unless another row stands on them."""
    if gone := [{"sha256": sha256} for sha256 in sorted(set(contents))]:
        session.execute(insert(Unwanted).values(gone).on_conflict_do_nothing())


def note_view(session: Session, file: File, actor: Actor, now: datetime) -> None:
    """Remembers that somebody else opened the file."""
    if file.owner_id == actor.account_id:
        return
    audit.record_read(session, file.owner_id, actor=actor, subject=file.id)
    row = {"file_id": file.id, "account_id": actor.account_id, "kind": actor.kind.value}
    new = insert(FileView).values(**row, organisation_id=actor.organisation_id, first_at=now, last_at=now)
    session.execute(new.on_conflict_do_update(index_elements=["file_id", "account_id"], set_={"last_at": now}))


def full_name(file: File) -> str:
    """The name with an extension that fits, whatever people renamed it to."""
    return file.name if extension(file.name) in _fitting(file) else file.name + _fitting(file)[0]


def nameless(file: File) -> str:
    """For whom the name that its owner gave it is masked."""
    return f"{file.id}{_fitting(file)[0]}"


def _fitting(file: File) -> Sequence[str]:
    return next(EXTENSIONS[form] for form, media_type in MEDIA_TYPES.items() if media_type == file.media_type)


def receipt_of(file: File) -> Receipt:
    """What the uploader may show to other services about the file."""
    return Receipt(
        document_id=file.id,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        media_type=file.media_type,
        pages=file.pages,
        purpose=file.purpose,
        account_id=file.owner_id,
        unit_id=file.unit_id,
        source=file.source,
        made_at=file.made_at,
    )


def _ensure_may_upload(actor: Actor, purpose: Purpose) -> None:
    if actor.kind is Kind.REGISTRANT:
        if purpose.text not in OF_UNITS:
            raise NotAllowed("purpose_not_allowed")
    elif purpose.text == PUBLICATION:
        actor.require("project.publish")
    elif actor.kind is Kind.OFFICE:
        raise NotAllowed("purpose_not_allowed")
    elif purpose.of_programme:
        actor.require("application.fill")
