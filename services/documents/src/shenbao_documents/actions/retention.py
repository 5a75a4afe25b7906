"""Erasing what the rules keep no longer. What was erased, and by which rule, stays in the audit trail as the proof."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from shenbao_common.data import audit
from shenbao_documents import queries
from shenbao_documents.actions.files import want_no_more
from shenbao_documents.domain.policies import PROGRAMME_KINDS, purpose_of
from shenbao_documents.domain.retention import FILES, PRINTS, due, later
from shenbao_documents.models import ApplicationFile, File, FileView, Party, Print, Programme, Proof, Recognition
from shenbao_documents.models.retention import Case, Hold
from shenbao_documents.models.uses import FileUse

MOST_CASES = 1000
_FILES_AT_A_TIME, _MOST_FILES = 100, 5000


def erase_due(sessions: sessionmaker[Session], now: datetime) -> None:
    """Cases that are due, one after the other, then files that nothing has ever stood on; the rest the next time."""
    for _ in range(MOST_CASES):
        with sessions.begin() as session:
            if not _erase_case(session, now):
                break
    for _ in range(_MOST_FILES // _FILES_AT_A_TIME):
        with sessions.begin() as session:
            if not _look_at_files(session, now):
                break


def _erase_case(session: Session, now: datetime) -> bool:
    held = sa.exists().where(Hold.application_id == Case.application_id, Hold.lifted_at.is_(None))
    first = sa.select(Case).where(Case.due_at <= now, ~held).order_by(Case.due_at).limit(1)
    row = session.scalar(first.with_for_update(skip_locked=True))
    if row is None or row.outcome is None or row.ended_at is None:
        return False
    told = session.get_one(Programme, (row.programme, row.version))
    parts = due(told.retention or {}, row.outcome, row.ended_at)
    erased: dict[str, Any] = {}
    if FILES in parts and parts[FILES] <= now:
        erased[FILES] = _erase_files(session, row)
    if PRINTS in parts and parts[PRINTS] <= now:
        erased[PRINTS] = _erase_prints(session, row)
    row.due_at = min((moment for moment in parts.values() if moment > now), default=None)
    if any(erased.values()):
        rule = {"programme": row.programme, "version": row.version, "outcome": row.outcome}
        party = session.get(Party, row.application_id)
        _prove(
            session,
            party.filler_id if party else None,
            row.application_id,
            rule | {"ended_at": row.ended_at.isoformat()},
            erased,
        )
    return True


def _prove(session: Session, person_id: UUID | None, subject: UUID, rule: dict[str, Any], erased: Any) -> None:
    """That it was erased, and why; by hashes it can be shown of any copy that it is one of what was erased."""
    audit.record(session, "erased", person_id=person_id, subject=subject, purpose="retention", rule=rule, erased=erased)


def _erase_files(session: Session, case: Case) -> list[dict[str, str]]:
    """Those of the case that nothing else stands on; what its person keeps for other purposes stays."""
    other = sa.or_(
        sa.exists().where(ApplicationFile.file_id == File.id, ApplicationFile.application_id != case.application_id),
        sa.exists().where(FileUse.file_id == File.id, FileUse.application_id != case.application_id),
        sa.exists().where(Proof.file_id == File.id),
    )
    own = sa.select(ApplicationFile.file_id).where(ApplicationFile.application_id == case.application_id)
    of_programme = sa.or_(*(File.purpose.startswith(f"{kind}:") for kind in PROGRAMME_KINDS))
    gone = session.execute(
        sa.delete(File).where(File.id.in_(own), of_programme, ~other).returning(File.id, File.sha256)
    ).all()
    for link in (ApplicationFile, FileUse):
        session.execute(sa.delete(link).where(link.application_id == case.application_id))
    return _forgotten(session, gone)


def _erase_prints(session: Session, case: Case) -> list[dict[str, str]]:
    own = sa.delete(Print).where(Print.application_id == case.application_id)
    gone = session.execute(own.returning(Print.id, Print.sha256)).all()
    want_no_more(session, {row.sha256 for row in gone})
    return _named(gone)


def _look_at_files(session: Session, now: datetime) -> bool:
    """Asks of the files whose time has come whether anything stands on them; of what is in use, again later."""
    waiting = sa.select(File).where(File.look_at <= now, File.deleted_at.is_(None)).order_by(File.look_at)
    found = session.scalars(waiting.limit(_FILES_AT_A_TIME).with_for_update(skip_locked=True)).all()
    used = _in_use(session, found)
    for file in found:
        months = queries.policy_of(session, purpose_of(file.purpose)).unused_months
        if file.id in used:
            file.look_at = later(now, months) if months else None
            continue
        session.delete(file)
        rule = {"purpose": file.purpose, "unused_months": months}
        _prove(session, file.owner_id, file.id, rule, {FILES: _forgotten(session, [file])})
    return len(found) == _FILES_AT_A_TIME


def _in_use(session: Session, files: Sequence[File]) -> set[Any]:
    ids = [file.id for file in files]
    links = [sa.select(link.file_id).where(link.file_id.in_(ids)) for link in (ApplicationFile, FileUse, Proof)]
    found = set(session.scalars(sa.union(*links)))
    # What a unit's accounts brought about the unit itself is told by no event: unknown is in use.
    return found | {file.id for file in files if file.unit_id and not purpose_of(file.purpose).of_programme}


def _forgotten(session: Session, gone: Iterable[Any]) -> list[dict[str, str]]:
    """What was known of files whose rows went; their bytes go with the next sweep."""
    named = _named(gone)
    ids = [one["id"] for one in named]
    for known in (FileView, Recognition):
        session.execute(sa.delete(known).where(known.file_id.in_(ids)))
    want_no_more(session, {one["sha256"] for one in named})
    return named


def _named(gone: Iterable[Any]) -> list[dict[str, str]]:
    return [{"id": str(row.id), "sha256": row.sha256} for row in gone]
