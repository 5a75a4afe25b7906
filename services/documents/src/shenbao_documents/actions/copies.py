"""Keeping our copies of what other services tell current; late and repeated news changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import NOBODY
from shenbao_documents.domain.forms import forms_of
from shenbao_documents.domain.policies import slots
from shenbao_documents.models import Application, ApplicationFile, File, Party, Programme, Reader
from shenbao_documents.models.retention import FileUser
from shenbao_documents.models.uses import FileUse

_UNKNOWN = ""
"""Stands for the reference of an application whose report was not heard of yet."""

# What every save and report is heard with is made once: putting a statement together takes longer than saying it.
_APPLICATION = cast(sa.Table, Application.__table__)
_told = insert(_APPLICATION)
_NOTE_CONTENT = _told.on_conflict_do_update(
    index_elements=["id"],
    set_={"revision": _told.excluded.revision, "print_hash": _told.excluded.print_hash},
    where=_APPLICATION.c.revision < _told.excluded.revision,
).returning(_APPLICATION.c.id)
_USE = sa.text(
    """
    WITH left_out AS (DELETE FROM file_use WHERE application_id = :used_by AND NOT file_id = ANY(:files))
    INSERT INTO file_use (file_id, application_id) SELECT unnest(:files), :used_by ON CONFLICT DO NOTHING
    """
).bindparams(sa.bindparam("used_by", type_=sa.Uuid), sa.bindparam("files", type_=ARRAY(sa.Uuid)))
_FORGET_USES = sa.delete(cast(sa.Table, FileUse.__table__)).where(FileUse.application_id == sa.bindparam("used_by"))
_REPORTED = insert(cast(sa.Table, ApplicationFile.__table__)).on_conflict_do_nothing()
_STAY = sa.text("UPDATE file SET deleted_at = NULL WHERE id = ANY(:files)").bindparams(
    sa.bindparam("files", type_=ARRAY(sa.Uuid))
)
_PARTY = cast(sa.Table, Party.__table__)
_party = insert(_PARTY)
_NOTE_PARTY = _party.on_conflict_do_update(
    index_elements=["application_id"],
    set_={name: _party.excluded[name] for name in ("unit_id", "filler_id", "reference", "round")}
    # An approval that came before its report waits under no reference.
    | {"approved": sa.and_(_PARTY.c.reference == _UNKNOWN, _PARTY.c.approved)},
)
_RECALLED = sa.select(_PARTY.c.recalled_round).where(_PARTY.c.application_id == sa.bindparam("of")).with_for_update()
_reader = insert(cast(sa.Table, Reader.__table__))
_NOTE_READER = _reader.on_conflict_do_update(
    index_elements=["application_id", "organisation_id"],
    set_={"organisation_name": _reader.excluded.organisation_name},
)


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
    told = {"id": application_id, "revision": revision, "print_hash": print_hash}
    if session.scalar(_NOTE_CONTENT, told) and document_ids is not None:
        _note_uses(session, application_id, document_ids)


def note_uses(session: Session, used_by: UUID, *, revision: int, document_ids: Iterable[str]) -> None:
    """The files that something else than an application stands on; one that was deleted before this news is back."""
    new = insert(FileUser).values(id=used_by, revision=revision)
    newest = new.on_conflict_do_update(
        index_elements=["id"], set_={"revision": revision}, where=FileUser.revision < revision
    )
    if session.scalar(newest.returning(FileUser.id)):
        session.execute(_STAY, {"files": _note_uses(session, used_by, document_ids)})


def _note_uses(session: Session, used_by: UUID, document_ids: Iterable[str]) -> list[UUID]:
    files = [UUID(one) for one in dict.fromkeys(document_ids)]
    session.execute(_USE, {"used_by": used_by, "files": files})
    return files


def forget_uses(session: Session, application_id: UUID) -> None:
    """Its content stands on no file any more."""
    session.execute(_FORGET_USES, {"used_by": application_id})


def note_files(session: Session, application_id: UUID, filler_id: UUID, document_ids: Iterable[str]) -> None:
    """Which files a reported application stands on; those of earlier rounds stay readable."""
    rows = [
        {"file_id": UUID(document_id), "application_id": application_id, "filler_id": filler_id}
        for document_id in dict.fromkeys(document_ids)
    ]
    if rows:
        session.execute(_REPORTED, rows)
        # Whoever deleted one between the report and this news has not deleted it; who is about to waits for us.
        session.execute(_STAY, {"files": [row["file_id"] for row in rows]})


@dataclass(frozen=True, slots=True)
class OfRound:
    """An organisation that has a step of this round before it, or watches one."""

    organisation_id: UUID
    name: str
    round: int


def note_reader(session: Session, application_id: UUID, reader: OfRound) -> None:
    """From now on that organisation may read the application's files and prints; not by news that a recall overtook."""
    if reader.round <= (session.scalar(_RECALLED, {"of": application_id}) or 0):
        return
    row = {"application_id": application_id, "organisation_id": reader.organisation_id}
    session.execute(_NOTE_READER, {**row, "organisation_name": reader.name})


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
    session.execute(_NOTE_PARTY, {"application_id": application_id, "approved": False, **row})


def note_approval(session: Session, application_id: UUID) -> None:
    """A certificate may be issued for it now; news that comes before the report's waits for it."""
    nobody = {"unit_id": NOBODY, "filler_id": NOBODY, "reference": _UNKNOWN}
    new = insert(Party).values(application_id=application_id, approved=True, **nobody)
    session.execute(new.on_conflict_do_update(index_elements=["application_id"], set_={"approved": True}))


def adopt_files(session: Session, account_id: UUID, unit_id: UUID) -> None:
    """What a unit's account uploaded while it registered belongs to the unit."""
    own = sa.update(File).where(File.owner_id == account_id, File.unit_id.is_(None))
    session.execute(own.values(unit_id=unit_id))
