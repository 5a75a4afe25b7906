"""Reads of documents: who may see which file and print."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_documents.domain.policies import OF_PUBLICATIONS, OF_UNITS, PUBLICATION, Policy, Purpose, unknown_purpose
from shenbao_documents.models import (
    ApplicationFile,
    Certificate,
    EarlierPrint,
    Export,
    File,
    Party,
    Print,
    Programme,
    Proof,
    Reader,
    UnitStanding,
    Upload,
)
from shenbao_documents.models.print_jobs import PrintItem, PrintJob
from shenbao_documents.models.uses import FileUse


def policy_of(session: Session, purpose: Purpose) -> Policy:
    """What a file for this purpose may be; refuses a purpose that no published version knows."""
    if purpose.text == PUBLICATION:
        return OF_PUBLICATIONS
    if not purpose.of_programme:
        return OF_UNITS.get(purpose.text, Policy())
    programme = session.get(Programme, (purpose.programme, purpose.version))
    if programme is None or (slot := programme.slots.get(purpose.slot)) is None:
        raise unknown_purpose()
    unused = (programme.retention or {}).get("unused_months")
    return Policy(tuple(slot["formats"]), slot["max_bytes"], slot.get("retrieval"), unused)


def file_of(session: Session, file_id: UUID, actor: Actor) -> File:
    """A file that the actor may see: its owner, its unit, the filler of its application, offices shown it."""
    row = session.scalar(sa.select(File).where(File.id == file_id, _may_see_file(actor)))
    if row is None:
        raise NotFound
    return row


def own_file_of(session: Session, file_id: UUID, actor: Actor, *, held: bool = True) -> File:
    """A file that the actor may rename, turn, use again or delete: its owner's, or its unit's."""
    own = sa.select(File).where(File.id == file_id, _is_own(actor))
    row = session.scalar(own.with_for_update() if held else own)
    if row is None:
        raise NotFound
    return row


def published_file_of(session: Session, file_id: UUID) -> File:
    """A file that was taken in to be published, whoever asks."""
    published = sa.select(File).where(File.purpose == PUBLICATION, File.deleted_at.is_(None))
    row = session.scalar(published.where(File.id == file_id))
    if row is None:
        raise NotFound
    return row


def wallet_of(actor: Actor) -> sa.Select[File]:
    """The files that the actor may use again."""
    return sa.select(File).where(_is_own(actor))


def is_reported(session: Session, file_id: UUID) -> bool:
    """Whether a reported application stands on the file."""
    return session.scalar(sa.select(sa.exists().where(ApplicationFile.file_id == file_id))) or False


def is_in_use(session: Session, file_id: UUID) -> bool:
    """Whether what somebody fills in stands on the file, though it was not reported yet."""
    return session.scalar(sa.select(sa.exists().where(FileUse.file_id == file_id))) or False


def is_shown(session: Session, file_id: UUID) -> bool:
    """Whether the file was put before somebody as a proof; what they decide by it stands on it."""
    return session.scalar(sa.select(sa.exists().where(Proof.file_id == file_id))) or False


def upload_of(session: Session, upload_id: UUID, actor: Actor) -> Upload:
    """A transmission that the actor began; nobody else continues it."""
    row = session.scalar(sa.select(Upload).where(Upload.id == upload_id, Upload.owner_id == actor.account_id))
    if row is None:
        raise NotFound
    return row


def upload_to_finish(session: Session, upload_id: UUID, actor: Actor) -> Upload:
    """The same, for one request at a time."""
    own = sa.select(Upload).where(Upload.id == upload_id, Upload.owner_id == actor.account_id)
    row = session.scalar(own.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def is_kept(session: Session, sha256: str) -> bool:
    """Whether any row still stands on these bytes."""
    kept = [sa.exists().where(row.sha256 == sha256) for row in (File, Print, Certificate, Export, PrintJob, PrintItem)]
    return session.scalar(sa.select(sa.or_(*kept))) or False


def print_of(session: Session, print_id: UUID, actor: Actor) -> Print:
    row = session.scalar(sa.select(Print).where(Print.id == print_id, _may_see_print(actor)))
    if row is None:
        raise NotFound
    return row


def prints_of(application_id: UUID, actor: Actor) -> sa.Select[Print]:
    """Prints of an application that the actor may see."""
    return sa.select(Print).where(Print.application_id == application_id, _may_see_print(actor))


def certificate_of(session: Session, certificate_id: UUID, actor: Actor) -> Certificate:
    row = session.scalar(sa.select(Certificate).where(Certificate.id == certificate_id, _may_see_certificate(actor)))
    if row is None:
        raise NotFound
    return row


def certificates_of(application_id: UUID, actor: Actor) -> sa.Select[Certificate]:
    """Certificates of an application that the actor may see."""
    return sa.select(Certificate).where(Certificate.application_id == application_id, _may_see_certificate(actor))


def printed_as(session: Session, sha256: str) -> tuple[Certificate | None, EarlierPrint | None]:
    """The certificate that this content is a print of, and what it says that is no longer so."""
    earlier = session.get(EarlierPrint, sha256)
    which = Certificate.id == earlier.certificate_id if earlier else Certificate.sha256 == sha256
    return session.scalar(sa.select(Certificate).where(which).limit(1)), earlier


def is_reader(session: Session, application_id: UUID, organisation_id: UUID | None) -> bool:
    """Whether the application is, or was, in the organisation's queue."""
    return organisation_id is not None and session.get(Reader, (application_id, organisation_id)) is not None


def read_by(application_id: sa.ColumnElement[UUID] | sa.orm.InstrumentedAttribute[UUID], actor: Actor) -> sa.Exists:
    """Whether the application is, or was, in the queue of the actor's organisation."""
    return sa.exists().where(Reader.application_id == application_id, Reader.organisation_id == actor.organisation_id)


def _may_see_file(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.kind is Kind.OFFICE:
        of_route = sa.exists().where(
            ApplicationFile.file_id == File.id,
            Reader.application_id == ApplicationFile.application_id,
            Reader.organisation_id == actor.organisation_id,
        )
        return of_route | _is_shown_to(actor.organisation_id)
    own = _is_own(actor)
    if actor.kind is Kind.UNIT and actor.unit_id:
        # A person's files are shown to the person's unit while, and after, it decides about them.
        decided = sa.exists().where(
            ApplicationFile.file_id == File.id,
            Reader.application_id == ApplicationFile.application_id,
            Reader.organisation_id == actor.unit_id,
        )
        return own | decided | _is_shown_to(actor.unit_id)
    filled = sa.exists().where(ApplicationFile.file_id == File.id, ApplicationFile.filler_id == actor.account_id)
    return own | filled


def _is_shown_to(body_id: UUID | None) -> sa.ColumnElement[bool]:
    moved = UnitStanding.department_id != Proof.organisation_id
    over = sa.exists().where(UnitStanding.unit_id == Proof.unit_id, moved | (Proof.of_archive & UnitStanding.examines))
    return sa.exists().where(Proof.file_id == File.id, Proof.organisation_id == body_id, ~over)


def _is_own(actor: Actor) -> sa.ColumnElement[bool]:
    own = File.owner_id == actor.account_id
    if actor.kind is Kind.UNIT and actor.unit_id:
        own |= File.unit_id == actor.unit_id
    return own & File.deleted_at.is_(None)


def _may_see_certificate(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.kind is Kind.OFFICE:
        return sa.exists().where(
            Reader.application_id == Certificate.application_id, Reader.organisation_id == actor.organisation_id
        )
    own = Party.unit_id == actor.unit_id if actor.kind is Kind.UNIT else Party.filler_id == actor.account_id
    return sa.exists().where(Party.application_id == Certificate.application_id, own)


def _may_see_print(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.kind is Kind.OFFICE:
        return sa.exists().where(
            Reader.application_id == Print.application_id, Reader.organisation_id == actor.organisation_id
        )
    if actor.kind is Kind.UNIT:
        return Print.unit_id == actor.unit_id
    return Print.filler_id == actor.account_id
