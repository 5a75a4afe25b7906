"""Registrations under manual review: checked, handed in with the created user, decided by the bureau (S1-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import ProofShownV1, RegistrationRejectedV1, RegistrationSubmittedV1
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_units import queries
from shenbao_units.actions import registration
from shenbao_units.actions.registration import Filed
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import registration_cases as rules
from shenbao_units.domain.profile import Profile
from shenbao_units.domain.registration_cases import CaseState, UnitCheck
from shenbao_units.models import CASE_ONCE, RegistrationCase
from shenbao_units.queries import level_of
from shenbao_units.queries import registrations as case_queries

_KEPT = timedelta(days=1)
"""How long a checked unit waits for its user to be created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who registers the unit, as identity has checked; id_number: masked."""

    account_id: UUID
    name: str
    id_number: str
    ethnicity: str
    sex: str
    mobile: str


def check(
    session: Session,
    given: UnitCheck,
    *,
    agent: Agent | None,
    profile: Profile,
    found: Sequence[Problem],
    now: datetime,
) -> RegistrationCase:
    """Step 2 of a registration without code, with the consent; again after a refusal, with the agent of before."""
    row = _open(session, given.account_id)
    told = _told(agent) or (row.details.get("agent") if row else None)
    department = queries.organisation_to_join(session, given.department_id)
    missing = [] if told else [Problem("agent_required", "agent")]
    ensure([*rules.objections(given, level_of(department), profile), *missing, *found])
    if department is None or told is None:
        raise AssertionError("the rules let an incomplete check through")
    filed = Filed(
        account_id=given.account_id,
        department=department,
        details=_details(given, told, profile),
        certificate_id=given.certificate_id,
    )
    row = _put(session, row, filed, now=now)
    row.agreement, row.agreement_version, row.consented_at = profile.agreement, given.agreed, now
    row.state = CaseState.CHECKED.value
    flush_or_conflict(session, {CASE_ONCE: "registration_under_review"})
    return row


def file(session: Session, filed: Filed, *, now: datetime) -> RegistrationCase:
    """A registration with a code, where these too are looked at first."""
    return _hand_in(session, _put(session, _open(session, filed.account_id), filed, now=now), now)


def submit(session: Session, row: RegistrationCase, *, now: datetime) -> RegistrationCase:
    """Step 3 is done, the user is created: now the bureau decides."""
    if row.state != CaseState.CHECKED:
        rules.ensure_open(row.state)
        raise Conflict("registration_not_checked")
    return _hand_in(session, row, now)


def decide(session: Session, row: RegistrationCase, *, approve: bool, reason: str, now: datetime) -> RegistrationCase:
    """The unit exists and is usable from here on, or reads why not and may hand in again."""
    rules.ensure_waiting(row.state)
    ensure(rules.objections_to_decision(approve=approve, reason=reason))
    row.state = (CaseState.APPROVED if approve else CaseState.REJECTED).value
    row.reason, row.decided_at, row.changed_at = reason or None, now, now
    if approve:
        made_of = {name: value for name, value in row.details.items() if name not in {"agent", "certificate_number"}}
        filed = Filed(
            account_id=row.account_id, department=row.department, details=made_of, certificate_id=row.certificate_id
        )
        registration.enter(session, filed, now=now)
    else:
        event = RegistrationRejectedV1(account_id=row.account_id)
        outbox.record(session, event, revision=2 * row.rounds)
    session.flush()
    return row


def forget_unfinished(session: Session, *, now: datetime) -> int:
    """Takes away what nobody handed in; it names people."""
    old = (RegistrationCase.state == CaseState.CHECKED.value) & (RegistrationCase.changed_at <= now - _KEPT)
    return len(session.execute(sa.delete(RegistrationCase).where(old).returning(RegistrationCase.id)).all())


def _hand_in(session: Session, row: RegistrationCase, now: datetime) -> RegistrationCase:
    row.state, row.submitted_at, row.changed_at = CaseState.WAITING.value, now, now
    row.rounds += 1
    flush_or_conflict(session, {CASE_ONCE: "registration_under_review"})
    outbox.record(session, RegistrationSubmittedV1(account_id=row.account_id), revision=2 * row.rounds - 1)
    if row.certificate_id:
        shown = ProofShownV1(document_id=row.certificate_id, organisation_id=row.bureau_id)
        outbox.record(session, shown)
    return row


def _open(session: Session, account_id: UUID) -> RegistrationCase | None:
    row = case_queries.of_account(session, account_id, lock=True)
    if row:
        rules.ensure_open(row.state)
    return row


def _put(session: Session, row: RegistrationCase | None, filed: Filed, *, now: datetime) -> RegistrationCase:
    bureau_id = case_queries.bureau_above(session, filed.department.id)
    if row is None:
        row = RegistrationCase(account_id=filed.account_id, rounds=0)
        session.add(row)
    row.department, row.bureau_id = filed.department, bureau_id
    row.certificate_id, row.details = filed.certificate_id, dict(filed.details)
    row.changed_at, row.reason = now, None
    return row


def _told(agent: Agent | None) -> dict[str, str] | None:
    if agent is None:
        return None
    told = ("name", "id_number", "ethnicity", "sex", "mobile")
    return {name: str(getattr(agent, name)) for name in told}


def _details(given: UnitCheck, agent: dict[str, str], profile: Profile) -> dict[str, Any]:
    kind = profile.without_code
    if kind is None:
        raise AssertionError("the rules let a unit without code through")
    return {
        "org_code": "",
        "uscc": "",
        "name": given.unit_name,
        "verified": "scan",
        "unit_type": kind.key,
        "industry": "",
        "location": "",
        "address": "",
        "personal": {
            "legal_representative": "",
            "contact_name": agent["name"],
            "contact_phone": agent["mobile"],
        },
        "certificate_number": given.certificate_number,
        "agent": agent,
    }
