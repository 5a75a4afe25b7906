"""Handing in an authorization letter, deciding about it, and naming another user of the unit's account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import AuthorizationChangedV1, ProofShownV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotFound, ensure
from shenbao_units import queries
from shenbao_units.actions import history
from shenbao_units.actions.history import Act
from shenbao_units.domain import letters
from shenbao_units.domain.letters import LetterState
from shenbao_units.models import AuthorizationLetter, Officer, Organisation, Unit
from shenbao_units.queries import letters as letter_queries


def ask_for(session: Session, unit: Unit, account_id: UUID) -> None:
    """Of a unit that comes under a bureau which demands a letter: nothing else goes until that is approved (S1-09)."""
    if letter_queries.demanded(session, unit.department_id):
        _move(session, unit, account_id, LetterState.NOT_SUBMITTED)


def submit(
    session: Session, unit: Unit, *, affiliation_id: UUID, document_id: UUID, actor: Actor, now: datetime
) -> AuthorizationLetter:
    """Puts the letter before the bureau of the unit's affiliation (S1-11, S1-12)."""
    letters.ensure_can_submit(unit.letter_state)
    bureau = session.get(Organisation, affiliation_id)
    ensure(letters.objections_to_affiliation(queries.level_of(bureau)))
    row = AuthorizationLetter(
        unit=unit,
        account_id=actor.account_id,
        affiliation=bureau,
        document_id=document_id,
        personal={"user_name": user_name(session, actor.account_id)},
        state=LetterState.SUBMITTED.value,
        submitted_at=now,
    )
    session.add(row)
    outbox.record(session, ProofShownV1(document_id=document_id, organisation_id=affiliation_id))
    _move(session, unit, actor.account_id, LetterState.SUBMITTED)
    return row


def decide(
    session: Session, row: AuthorizationLetter, *, approve: bool, reason: str, actor: Actor, now: datetime
) -> AuthorizationLetter:
    """The bureau says yes, or no with a reason; the result goes to the bound mobile (S1-12, S1-13)."""
    unit = queries.unit_to_change(session, row.unit_id)
    letters.ensure_waiting(row.state)
    ensure(letters.objections_to_decision(approve=approve, reason=reason))
    state = LetterState.APPROVED if approve else LetterState.REJECTED
    row.state, row.reason, row.decided_at = state.value, reason or None, now
    act = Act.LETTER_APPROVED if approve else Act.LETTER_REJECTED
    told = {"name": row.personal["user_name"], "letter_id": str(row.document_id), "reason": reason}
    history.note(session, unit.id, act, actor_id=actor.account_id, now=now, **told)
    _move(session, unit, row.account_id, state)
    return row


def change_user(session: Session, unit: Unit, *, name: str, actor: Actor, now: datetime) -> Unit:
    """Another person uses the account: a letter that names that person is due (S1-17)."""
    officer = session.get(Officer, actor.account_id, with_for_update=True)
    if officer is None:
        raise NotFound
    before = (officer.personal or {}).get("name", "")
    officer.personal = (officer.personal or {}) | {"name": name}
    present = letter_queries.latest(session, unit.id)
    if present and present.state == LetterState.SUBMITTED:
        present.state, present.decided_at = LetterState.SUPERSEDED.value, now
    if unit.letter_state != LetterState.NOT_DUE:
        _move(session, unit, actor.account_id, LetterState.NOT_SUBMITTED)
    history.note(session, unit.id, Act.USER_CHANGED, actor_id=actor.account_id, now=now, **{"from": before, "to": name})
    return unit


def user_name(session: Session, account_id: UUID) -> str:
    """Who uses this account of the unit (账号使用人)."""
    officer = session.get(Officer, account_id)
    return str(((officer.personal if officer else None) or {}).get("name", ""))


def _move(session: Session, unit: Unit, account_id: UUID, state: LetterState) -> None:
    unit.letter_state = state.value
    unit.revision += 1
    session.flush()
    event = AuthorizationChangedV1(unit_id=unit.id, account_id=account_id, state=state.value)
    outbox.record(session, event, revision=unit.revision)
