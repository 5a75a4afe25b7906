"""Officers of a unit: several, handed over, or set anew by the supervising department when none is left (B-18)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import OfficerAppointedV1, OfficerDismissedV1, OfficerRequestedV1, ProofShownV1
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotFound, ensure
from shenbao_units.actions import history
from shenbao_units.actions.history import Act
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import officers
from shenbao_units.domain.officers import RequestState, Way
from shenbao_units.models import OFFICER_ONCE, OFFICER_REQUESTED_ONCE, Officer, OfficerRequest, Unit
from shenbao_units.queries import officers as officer_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants to act for a unit, with an account that identity reserved; letter_id: of the sealed letter."""

    account_id: UUID
    name: str
    mobile: str
    letter_id: UUID | None


def ask(session: Session, asker: Asker, *, org_code: str, department_id: UUID, now: datetime) -> OfficerRequest:
    """Keeps the request, also when there is no such unit, so that nobody learns here which units there are."""
    query = sa.select(Unit).where(Unit.org_code == org_code, Unit.department_id == department_id)
    # A unit that is moving is waited for: its next department is told of the requests that are there by then.
    unit = session.scalars(query.with_for_update(read=True)).one_or_none()
    row = OfficerRequest(
        account_id=asker.account_id,
        unit=unit,
        personal={"name": asker.name, "mobile": asker.mobile},
        letter_id=asker.letter_id,
        state=RequestState.WAITING.value,
        requested_at=now,
    )
    if session.get(Officer, asker.account_id):
        raise Conflict("ticket_used")
    session.add(row)
    flush_or_conflict(session, {OFFICER_REQUESTED_ONCE: "ticket_used"})
    outbox.record(session, OfficerRequestedV1(account_id=asker.account_id), revision=1)
    if unit and asker.letter_id:
        _show(session, unit, asker.letter_id)
    return row


def show_to_department(session: Session, unit: Unit) -> None:
    """The unit comes under another department: that reads its requests now, and their letters."""
    letters = sa.select(OfficerRequest.letter_id).where(OfficerRequest.unit_id == unit.id)
    for letter_id in session.scalars(letters.order_by(OfficerRequest.id)):
        if letter_id:
            _show(session, unit, letter_id)


def _show(session: Session, unit: Unit, letter_id: UUID) -> None:
    shown = ProofShownV1(document_id=letter_id, organisation_id=unit.department_id, unit_id=unit.id)
    outbox.record(session, shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    approve: bool
    way: Way
    reason: str


def decide(session: Session, row: OfficerRequest, decision: Decision, *, actor: Actor, now: datetime) -> OfficerRequest:
    """Lets the asker act for the unit, beside or instead of those who did, or refuses with a reason."""
    unit = row.unit
    if unit is None:
        raise NotFound
    officers.ensure_waiting(row.state, row.requested_at, now)
    by_department = actor.kind is Kind.OFFICE
    ensure(
        officers.objections(
            approve=decision.approve, reason=decision.reason, way=decision.way, by_department=by_department
        )
    )
    row.state = (RequestState.APPROVED if decision.approve else RequestState.REFUSED).value
    row.reason, row.decided_at = decision.reason or None, now
    name = row.personal["name"]
    if not decision.approve:
        history.note(
            session, unit.id, Act.OFFICER_REFUSED, actor_id=actor.account_id, now=now, name=name, reason=decision.reason
        )
        return row
    leaving = officer_queries.acting(session, unit.id) if decision.way is Way.REPLACES else []
    _appoint(session, unit, row, actor=actor, now=now)
    for officer in leaving:
        if by_department or officer.account_id == actor.account_id:
            _end(session, officer, actor=actor, now=now)
    session.flush()
    return row


def dismiss(session: Session, officer: Officer, *, actor: Actor, now: datetime) -> None:
    """Ends what an officer may do for the unit; one has to stay."""
    officers.ensure_one_stays(len(officer_queries.acting(session, officer.unit_id)))
    _end(session, officer, actor=actor, now=now)
    session.flush()


def _appoint(session: Session, unit: Unit, row: OfficerRequest, *, actor: Actor, now: datetime) -> None:
    session.add(Officer(account_id=row.account_id, unit_id=unit.id, personal=row.personal, since=now, revision=2))
    # The same reservation may have been used for a registration since it was asked with.
    flush_or_conflict(session, {OFFICER_ONCE: "ticket_used"})
    event = OfficerAppointedV1(account_id=row.account_id, unit_id=unit.id, unit_name=unit.name)
    outbox.record(session, event, revision=2)
    history.note(
        session,
        unit.id,
        Act.OFFICER_APPOINTED,
        actor_id=actor.account_id,
        now=now,
        name=row.personal["name"],
        by=actor.kind.value,
        letter_id=str(row.letter_id) if row.letter_id else None,
    )


def _end(session: Session, officer: Officer, *, actor: Actor, now: datetime) -> None:
    officer.until = now
    officer.revision += 1
    event = OfficerDismissedV1(account_id=officer.account_id, unit_id=officer.unit_id)
    outbox.record(session, event, revision=officer.revision)
    name = (officer.personal or {}).get("name", "")
    history.note(
        session,
        officer.unit_id,
        Act.OFFICER_DISMISSED,
        actor_id=actor.account_id,
        now=now,
        name=name,
        by=actor.kind.value,
    )
