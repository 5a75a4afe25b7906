"""Keeping our copies of what other services tell current; late and repeated news changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import NOBODY
from shenbao_documents.domain.forms import forms_of
from shenbao_documents.domain.policies import slots
from shenbao_documents.models import Application, ApplicationFile, File, Party, Programme, Proof, Reader
from shenbao_documents.models.retention import FileUser
from shenbao_documents.models.uses import FileUse

_UNKNOWN = ""
"""Stands for the reference of an application whose report was not heard of yet."""


def remember_programme(session: Session, programme: str, version: int, pack: dict[str, Any]) -> None:
    """A published version never changes, so the first copy stands."""
    read = {"slots": slots(pack), "forms": forms_of(pack), "retention": pack.get("retention")}
    row = {"programme": programme, "version": version, **read}
    session.execute(insert(Programme).values(row).on_conflict_do_nothing())


def note_content(
    session: Session, application_id: UUID, *, revision: int, print_hash: str, document_ids: Iterable[str] | None
) -> None:
    """Which content of an application is the newest: prints of another one are outdated, and its files are in use.

    document_ids None: not told.
    """
    new = insert(Application).values(id=application_id, revision=revision, print_hash=print_hash)
    newest = new.on_conflict_do_update(
        index_elements=["id"],
        set_={"revision": new.excluded.revision, "print_hash": new.excluded.print_hash},
        where=Application.revision < new.excluded.revision,
    )
    if session.scalar(newest.returning(Application.id)) and document_ids is not None:
        _note_uses(session, application_id, document_ids)


def note_uses(session: Session, used_by: UUID, *, revision: int, document_ids: Iterable[str]) -> None:
    """The files that something else than an application stands on; one that was deleted before this news is back."""
    new = insert(FileUser).values(id=used_by, revision=revision)
    newest = new.on_conflict_do_update(
        index_elements=["id"], set_={"revision": revision}, where=FileUser.revision < revision
    )
    if session.scalar(newest.returning(FileUser.id)):
        used = _note_uses(session, used_by, document_ids)
        session.execute(sa.update(File).where(File.id.in_(used)).values(deleted_at=None))


def _note_uses(session: Session, used_by: UUID, document_ids: Iterable[str]) -> list[UUID]:
    forget_uses(session, used_by)
    files = [UUID(one) for one in dict.fromkeys(document_ids)]
    if files:
        session.execute(insert(FileUse).values([{"file_id": file, "application_id": used_by} for file in files]))
    return files


def forget_uses(session: Session, application_id: UUID) -> None:
    """Its content stands on no file any more."""
    session.execute(sa.delete(FileUse).where(FileUse.application_id == application_id))


def note_files(session: Session, application_id: UUID, filler_id: UUID, document_ids: Iterable[str]) -> None:
    """Which files a reported application stands on; those of earlier rounds stay readable."""
    rows = [
        {"file_id": UUID(document_id), "application_id": application_id, "filler_id": filler_id}
        for document_id in dict.fromkeys(document_ids)
    ]
    if rows:
        session.execute(insert(ApplicationFile).values(rows).on_conflict_do_nothing())
        # Whoever deleted one between the report and this news has not deleted it; who is about to waits for us.
        reported = sa.update(File).where(File.id.in_([row["file_id"] for row in rows]))
        session.execute(reported.values(deleted_at=None))


@dataclass(frozen=True, slots=True)
class OfRound:
    """An organisation that has a step of this round before it, or watches one."""

    organisation_id: UUID
    name: str
    round: int


def note_reader(session: Session, application_id: UUID, reader: OfRound) -> None:
    """From now on that organisation may read the application's files and prints; not by news that a recall overtook."""
    taken_back = sa.select(Party.recalled_round).where(Party.application_id == application_id)
    if reader.round <= (session.scalar(taken_back.with_for_update()) or 0):
        return
    row = {"application_id": application_id, "organisation_id": reader.organisation_id}
    new = insert(Reader).values(**row, organisation_name=reader.name)
    session.execute(new.on_conflict_do_update(index_elements=list(row), set_={"organisation_name": reader.name}))


def forget_readers(session: Session, application_id: UUID) -> None:
    """The application was taken back: nobody who had it before them reads it any more."""
    own = sa.update(Party).where(Party.application_id == application_id)
    session.execute(own.values(recalled_round=Party.round))
    session.execute(sa.delete(Reader).where(Reader.application_id == application_id))


def note_party(
    session: Session, application_id: UUID, *, unit_id: UUID, filler_id: UUID, reference: str, round: int
) -> None:
    """Whose a reported application is; a report after a return opens it again, one that is overtaken does not."""
    row: dict[str, Any] = {"unit_id": unit_id, "filler_id": filler_id, "reference": reference, "round": round}
    new = insert(Party).values(application_id=application_id, approved=False, **row)
    # An approval that came before its report waits under no reference.
    approved = sa.and_(Party.reference == _UNKNOWN, Party.approved)
    told = new.on_conflict_do_update(index_elements=["application_id"], set_={**row, "approved": approved})
    session.execute(told)


def note_approval(session: Session, application_id: UUID) -> None:
    """A certificate may be issued for it now; news that comes before the report's waits for it."""
    nobody = {"unit_id": NOBODY, "filler_id": NOBODY, "reference": _UNKNOWN}
    new = insert(Party).values(application_id=application_id, approved=True, **nobody)
    session.execute(new.on_conflict_do_update(index_elements=["application_id"], set_={"approved": True}))


def note_proof(session: Session, file_id: UUID, organisation_id: UUID) -> None:
    """From now on that organisation may read the file, also when its owner deleted it before this news came."""
    row = {"file_id": file_id, "organisation_id": organisation_id}
    session.execute(insert(Proof).values(row).on_conflict_do_nothing())
    session.execute(sa.update(File).where(File.id == file_id).values(deleted_at=None))


def adopt_files(session: Session, account_id: UUID, unit_id: UUID) -> None:
    """What a unit's account uploaded while it registered belongs to the unit."""
    own = sa.update(File).where(File.owner_id == account_id, File.unit_id.is_(None))
    session.execute(own.values(unit_id=unit_id))
