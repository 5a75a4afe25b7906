"""A person's data are ended for good (B-26)."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain.lifecycle import Status
from shenbao_applications.models import Analysis, Application, Recognition, Snapshot
from shenbao_applications.models.archive import ArchiveHolder, ArchiveRecord, ArchiveVersion
from shenbao_common.data import of_person


def erase(session: Session, account_id: UUID) -> None:
    """What the person filled in is emptied and found no more, and the key is destroyed: an old copy that is restored
    tells nothing either. Where a case stands and what was decided stays."""
    own = sa.select(Application.id).where(Application.filler_id == account_id)
    session.execute(sa.update(Snapshot).where(Snapshot.application_id.in_(own)).values(sections={}, report={}))
    gone: dict[str, Any] = {"sections": {}, "headline": {}, "registered": None}
    found_by = {"name_index": None, "number_index": None, "parts": None}
    session.execute(sa.update(Application).where(Application.filler_id == account_id).values(**gone, **found_by))
    session.execute(sa.update(Analysis).where(Analysis.account_id == account_id).values(result=None))
    session.execute(sa.update(Recognition).where(Recognition.account_id == account_id).values(content={}))
    _erase_archive(session, account_id)
    of_person.destroy_key(session, account_id)


def erase_unless_kept(session: Session, account_id: UUID) -> None:
    """With a deleted account goes all that it told, unless its news crossed a report or an office has recognised it."""
    told = sa.exists().where(Application.filler_id == account_id, Application.status != Status.DELETED.value)
    recognised = sa.exists().where(Recognition.account_id == account_id)
    if not session.scalar(sa.select(sa.or_(told, recognised))):
        erase(session, account_id)


def _erase_archive(session: Session, account_id: UUID) -> None:
    records = sa.select(ArchiveRecord.id).where(ArchiveRecord.account_id == account_id)
    session.execute(sa.update(ArchiveVersion).where(ArchiveVersion.record_id.in_(records)).values(values={}))
    session.execute(sa.update(ArchiveHolder).where(ArchiveHolder.account_id == account_id).values(person={}, parts=[]))
