"""Registering an employer: usable at once (S4g-05), or after a manual review where the installation has one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_common.kernel.identifiers import WrongIdentifier
from shenbao_common.kernel.ids import uuid7
from shenbao_units import queries
from shenbao_units.actions import letters
from shenbao_units.actions.recognition import recognise
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain.profile import LICENCE, Profile
from shenbao_units.domain.recognition import Recognition
from shenbao_units.domain.registration import Code, Form, objections, read_code
from shenbao_units.models import ACCOUNT_USED_ONCE, OFFICER_ONCE, REGISTERED_ONCE, Officer, Organisation, Unit
from shenbao_units.providers.registry import Registry
from shenbao_units.queries import level_of

_ONCE = {REGISTERED_ONCE: "already_registered", ACCOUNT_USED_ONCE: "ticket_used", OFFICER_ONCE: "ticket_used"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A registration in which nothing is wrong. details: the columns of the unit that it makes."""

    account_id: UUID
    department: Organisation
    details: Mapping[str, Any]
    certificate_id: UUID | None


def checked(
    session: Session, form: Form, *, registry: Registry, profile: Profile, found: Sequence[Problem], now: datetime
) -> Filed:
    """found: objections to the slips that came with the form. Refuses with all objections at once."""
    code, wrong = _code(form.code)
    recognition = recognise(session, registry, code, form.legal_representative, now) if code else None
    # After the register has answered, which may take its time: from here on the department stays what it is.
    department = queries.organisation_to_join(session, form.department_id)
    ensure([*wrong, *objections(form, code, recognition, level_of(department), profile), *found])
    if not (code and recognition and department and form.account_id):
        raise AssertionError("the rules let an incomplete form through")
    if profile.once_by_code:
        _ensure_first(session, code.organisation_code)
    # A recognised unit needs no scan, so one that came along is not kept, unless every unit brings its licence.
    kept = not recognition.name or LICENCE in profile.required
    return Filed(
        account_id=form.account_id,
        department=department,
        details=_details(form, code, recognition),
        certificate_id=form.certificate_id if kept else None,
    )


def enter(session: Session, filed: Filed, *, now: datetime) -> Unit:
    """Makes the unit and tells of it; refuses `already_registered` (under this department) or `ticket_used`."""
    unit = Unit(
        id=uuid7(),
        account_id=filed.account_id,
        department=filed.department,
        verified_at=now,
        certificate_id=filed.certificate_id,
        registered_at=now,
        revision=1,
        **filed.details,
    )
    session.add(unit)
    flush_or_conflict(session, _ONCE)
    first = {"name": unit.personal["contact_name"], "mobile": unit.personal["contact_phone"]}
    session.add(Officer(account_id=unit.account_id, unit_id=unit.id, personal=first, since=now))
    flush_or_conflict(session, _ONCE)
    outbox.record(session, _registered(unit), revision=unit.revision)
    letters.ask_for(session, unit, unit.account_id)
    return unit


def _ensure_first(session: Session, org_code: str) -> None:
    """Of two who register the same code at the same moment the second sees the first."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"unit:{org_code}"))))
    if session.scalar(sa.select(Unit.id).where(Unit.org_code == org_code).limit(1)):
        raise Conflict("already_registered")


def _code(text: str) -> tuple[Code | None, list[Problem]]:
    try:
        return read_code(text), []
    except WrongIdentifier as wrong:
        return None, [wrong.problem("code")]


def _details(form: Form, code: Code, recognition: Recognition) -> dict[str, Any]:
    personal = {"legal_representative": form.legal_representative, "contact_name": form.contact_name}
    personal |= {"contact_phone": form.contact_phone, **({"email": form.email} if form.email else {})}
    return {
        "org_code": code.organisation_code,
        "uscc": code.credit_code,
        "name": recognition.name or form.unit_name,
        "verified": "registry" if recognition.name else "scan",
        "unit_type": form.unit_type,
        "industry": form.industry,
        "location": form.location,
        "address": form.address,
        "personal": personal,
        "self_declaring": form.self_declaring,
    }


def _registered(unit: Unit) -> UnitRegisteredV1:
    return UnitRegisteredV1(
        unit_id=unit.id,
        account_id=unit.account_id,
        org_code=unit.org_code,
        uscc=unit.uscc,
        department_id=unit.department_id,
        name=unit.name,
        verified=unit.verified,
        self_declaring=unit.self_declaring,
    )
