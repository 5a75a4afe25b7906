"""What becomes of a person's files, prints and certificates when the account ends or the person is erased (B-26)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data import of_person
from shenbao_common.data.of_person import ERASED_TEXT
from shenbao_documents.actions.recognitions import CANCELLED
from shenbao_documents.models import (
    ApplicationFile,
    Certificate,
    File,
    Party,
    Print,
    Proof,
    Recognition,
    Unwanted,
    Upload,
)
from shenbao_documents.models.uses import FileUse


def forget_account(session: Session, account_id: UUID, now: datetime) -> None:
    """Whoever deletes the account has reported nothing; where that news crossed a report, what was reported stays."""
    if session.scalar(sa.select(sa.exists().where(Party.filler_id == account_id))):
        _drop_files(session, account_id, now)
    else:
        erase(session, account_id, now)


def erase(session: Session, account_id: UUID, now: datetime) -> None:
    """Own files go, but for those that offices have before them: these lose name and facts. Certificates lose holder
    and reason, forms that were printed go, and the key is destroyed, so that old copies tell nothing either.
    """
    _drop_files(session, account_id, now)
    nameless = {"name": ERASED_TEXT, "facts": None, "fact_key": None}
    session.execute(sa.update(File).where(File.owner_id == account_id).values(nameless))
    session.execute(sa.update(Upload).where(Upload.owner_id == account_id).values(name=ERASED_TEXT))
    own_readings = sa.update(Recognition).where(Recognition.owner_id == account_id)
    session.execute(own_readings.values(state=CANCELLED, result=None))
    _erase_certificates(session, account_id)
    _drop_prints(session, account_id)
    of_person.destroy_key(session, account_id)


def _drop_files(session: Session, account_id: UUID, now: datetime) -> None:
    seen = sa.or_(*(sa.exists().where(row.file_id == File.id) for row in (ApplicationFile, Proof)))
    files = sa.select(File.id).where(File.owner_id == account_id)
    session.execute(sa.delete(FileUse).where(FileUse.file_id.in_(files)))
    own = sa.update(File).where(File.owner_id == account_id, ~seen)
    session.execute(own.values(deleted_at=sa.func.coalesce(File.deleted_at, now), uses_known=True))


def _erase_certificates(session: Session, account_id: UUID) -> None:
    own = sa.select(Party.application_id).where(Party.filler_id == account_id)
    certificates = sa.update(Certificate).where(Certificate.application_id.in_(own))
    session.execute(certificates.values(holder=ERASED_TEXT, reason=None))


def _drop_prints(session: Session, account_id: UUID) -> None:
    gone = session.scalars(sa.delete(Print).where(Print.filler_id == account_id).returning(Print.sha256)).all()
    if gone:
        bytes_of = [{"sha256": sha256} for sha256 in set(gone)]
        session.execute(insert(Unwanted).values(bytes_of).on_conflict_do_nothing())
