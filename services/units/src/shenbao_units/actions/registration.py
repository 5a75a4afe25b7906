"""Registering an employer; it is usable at once (S4g-05)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import UnitRegisteredV1
from shenbao_common.kernel.errors import Problem, ensure
from shenbao_common.kernel.identifiers import WrongIdentifier
from shenbao_common.kernel.ids import uuid7
from shenbao_units import queries
from shenbao_units.actions import letters
from shenbao_units.actions.recognition import recognise
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain.recognition import Recognition
from shenbao_units.domain.registration import Code, Form, objections, read_code
from shenbao_units.models import ACCOUNT_USED_ONCE, OFFICER_ONCE, REGISTERED_ONCE, Officer, Organisation, Unit
from shenbao_units.providers.registry import Registry
from shenbao_units.queries import level_of

_ONCE = {REGISTERED_ONCE: "already_registered", ACCOUNT_USED_ONCE: "ticket_used", OFFICER_ONCE: "ticket_used"}


def register(session: Session, form: Form, *, registry: Registry, found: Sequence[Problem], now: datetime) -> Unit:
    """Makes the unit and tells of it.

    found: objections to the slips that came with the form. Refuses with all objections at once, or with
    `already_registered` (this organisation under this department) or `ticket_used`.
    """
    code, wrong = _code(form.code)
    recognition = recognise(session, registry, code, form.legal_representative, now) if code else None
    # After the register has answered, which may take its time: from here on the department stays what it is.
    department = queries.organisation_to_join(session, form.department_id)
    ensure([*wrong, *objections(form, recognition, level_of(department)), *found])
    if not (code and recognition and department and form.account_id):
        raise AssertionError("the rules let an incomplete form through")
    unit = _unit(form, code, recognition, department, now)
    session.add(unit)
    flush_or_conflict(session, _ONCE)
    first = {"name": form.contact_name, "mobile": form.contact_phone}
    session.add(Officer(account_id=unit.account_id, unit_id=unit.id, personal=first, since=now))
    flush_or_conflict(session, _ONCE)
    outbox.record(session, _registered(unit), revision=unit.revision)
    letters.ask_for(session, unit, unit.account_id)
    return unit


def _code(text: str) -> tuple[Code | None, list[Problem]]:
    try:
        return read_code(text), []
    except WrongIdentifier as wrong:
        return None, [wrong.problem("code")]


def _unit(form: Form, code: Code, recognition: Recognition, department: Organisation, now: datetime) -> Unit:
    return Unit(
        id=uuid7(),
        account_id=form.account_id,
        org_code=code.organisation_code,
        uscc=code.credit_code,
        name=recognition.name or form.unit_name,
        department=department,
        verified="registry" if recognition.name else "scan",
        verified_at=now,
        # A recognised unit needs no scan, so one that came along is not kept.
        certificate_id=None if recognition.name else form.certificate_id,
        personal={
            "legal_representative": form.legal_representative,
            "contact_name": form.contact_name,
            "contact_phone": form.contact_phone,
        },
        address=form.address,
        registered_at=now,
        revision=1,
    )


def _registered(unit: Unit) -> UnitRegisteredV1:
    return UnitRegisteredV1(
        unit_id=unit.id,
        account_id=unit.account_id,
        org_code=unit.org_code,
        uscc=unit.uscc,
        department_id=unit.department_id,
        name=unit.name,
        verified=unit.verified,
    )
