"""When cases were over, so that what they stand on is erased in time; and what stops that."""

from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_documents import queries
from shenbao_documents.domain.retention import OTHERWISE, due
from shenbao_documents.models import Party, Programme
from shenbao_documents.models.retention import Case, Hold

RECONSIDERATION, LEGAL = "reconsideration", "legal"

# What every save and report is heard with is made once: putting a statement together takes longer than saying it.
_CASE = cast(sa.Table, Case.__table__)
_REOPEN = (
    sa.update(_CASE)
    .where(_CASE.c.application_id == sa.bindparam("of"), _CASE.c.outcome == OTHERWISE)
    .values(outcome=None, ended_at=None, due_at=None)
)
_report = insert(_CASE)
_later = _report.excluded.round > _CASE.c.round
# An end that came before its report waits in round 0.
_again = sa.and_(_later, _CASE.c.round > 0)
_NOTE_REPORT = _report.on_conflict_do_update(
    index_elements=["application_id"],
    set_={
        "programme": _report.excluded.programme,
        "version": _report.excluded.version,
        "round": sa.func.greatest(_report.excluded.round, _CASE.c.round),
        "outcome": sa.case((_again, None), else_=_CASE.c.outcome),
        "ended_at": sa.case((_again, None), else_=_CASE.c.ended_at),
        "due_at": None,
    },
).returning(_CASE.c.outcome)


def note_report(session: Session, application_id: UUID, *, programme: str, version: int, round: int) -> None:
    """It is open, unless what we heard before this was the end of this very round."""
    told = {"application_id": application_id, "programme": programme, "version": version, "round": round}
    if session.scalar(_NOTE_REPORT, told):
        _reckon(session, _case(session, application_id))


def note_end(session: Session, application_id: UUID, outcome: str, at: datetime, *, round: int = 0) -> None:
    """It is over. round: of the report that was decided; 0 where only the last one can be meant."""
    row = _case(session, application_id)
    if round and round < row.round:
        return
    row.outcome, row.ended_at = outcome, at
    _reckon(session, row)


def reopen(session: Session, application_id: UUID) -> None:
    """Somebody goes on with what had ended without success."""
    session.execute(_REOPEN, {"of": application_id})


def hold(session: Session, application_id: UUID, hold_id: UUID, *, since: datetime) -> None:
    """A reconsideration was asked for; not by news that its decision overtook."""
    row = {"id": hold_id, "cause": RECONSIDERATION, "application_id": application_id, "since": since}
    session.execute(insert(Hold).values(row).on_conflict_do_nothing())


def release(session: Session, application_id: UUID, hold_id: UUID, *, at: datetime) -> None:
    """It was decided."""
    row = {"id": hold_id, "cause": RECONSIDERATION, "application_id": application_id, "since": at, "lifted_at": at}
    new = insert(Hold).values(row)
    session.execute(new.on_conflict_do_update(index_elements=["id", "cause"], set_={"lifted_at": at}))


def hold_by_law(session: Session, application_id: UUID, reason: str, *, actor: Actor, now: datetime) -> Hold:
    """Whatever the rules say, nothing of it is erased: an appeal, a lawsuit, an inquiry."""
    _ensure_may_hold(session, application_id, actor)
    new = {"id": application_id, "application_id": application_id, "cause": LEGAL, "since": now}
    session.execute(insert(Hold).values(new).on_conflict_do_nothing())
    row = session.get_one(Hold, (application_id, LEGAL), with_for_update=True)
    row.reason, row.since, row.lifted_at = reason, now, None
    session.flush()
    audit.record(session, "legal_hold_placed", actor=actor, subject=application_id)
    return row


def lift(session: Session, application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """It is erased by the rules again."""
    _ensure_may_hold(session, application_id, actor)
    row = session.get(Hold, (application_id, LEGAL), with_for_update=True)
    if row is None or row.lifted_at:
        raise NotFound
    row.lifted_at = now
    audit.record(session, "legal_hold_lifted", actor=actor, subject=application_id)


def legal_holds(actor: Actor) -> sa.Select[Hold]:
    """Those that are in force, of what the actor's office has or had; an administrator's: all."""
    found = sa.select(Hold).where(Hold.cause == LEGAL, Hold.lifted_at.is_(None))
    return found if actor.kind is Kind.ADMIN else found.where(queries.read_by(Hold.application_id, actor))


def _ensure_may_hold(session: Session, application_id: UUID, actor: Actor) -> None:
    if actor.kind is not Kind.ADMIN:
        if not queries.is_reader(session, application_id, actor.organisation_id):
            raise NotFound
        actor.require("review.decide")
    if session.get(Party, application_id) is None:
        raise NotFound


def _case(session: Session, application_id: UUID) -> Case:
    """The row, made where there is none; nobody else changes it until the transaction ends."""
    session.execute(insert(Case).values(application_id=application_id).on_conflict_do_nothing())
    return session.get_one(Case, application_id, with_for_update=True, populate_existing=True)


def _reckon(session: Session, row: Case) -> None:
    row.due_at = None
    if row.outcome and row.ended_at and (told := session.get(Programme, (row.programme, row.version))):
        row.due_at = min(due(told.retention or {}, row.outcome, row.ended_at).values(), default=None)
