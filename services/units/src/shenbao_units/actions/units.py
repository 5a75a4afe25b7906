"""What a registered unit changes about itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import SelfDeclaringEndedV1, SupervisingDepartmentChangedV1, UnitRenamedV1
from shenbao_common.kernel.errors import Conflict, ensure
from shenbao_units import queries
from shenbao_units.actions import history, letters, officers
from shenbao_units.actions.history import Act
from shenbao_units.actions.recognition import recognise
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import registration, supervision
from shenbao_units.domain.letters import LetterState
from shenbao_units.domain.registration import Code
from shenbao_units.models import REGISTERED_ONCE, Unit
from shenbao_units.providers.registry import Registry

_PERSONAL = ("contact_name", "contact_phone")


def revise(session: Session, unit: Unit, changes: dict[str, str]) -> Unit:
    """Saves contact_name, contact_phone, address, as far as given (S4g-31)."""
    unit.personal = unit.personal | {name: changes[name] for name in _PERSONAL if name in changes}
    unit.address = changes.get("address", unit.address)
    session.flush()
    return unit


def change_department(
    session: Session, unit: Unit, *, department_id: UUID, confirmed: int, actor_id: UUID, now: datetime
) -> Unit:
    """Moves the unit under another department; everything reported is recalled by those who hear of it (S4g-32).

    confirmed: the number of reported applications that the officer was warned of. Refuses `confirmation_required`
    (params reported) when it is not the present one, `already_registered` when the organisation is there already.
    """
    target = queries.organisation_to_join(session, department_id)
    ensure(supervision.objections(unit.department_id, department_id, queries.level_of(target)))
    supervision.ensure_confirmed(queries.reported_count(session, unit.id), confirmed)
    before, left = unit.department_id, unit.department.name
    unit.department_id = department_id
    unit.revision += 1
    flush_or_conflict(session, {REGISTERED_ONCE: "already_registered"})
    session.refresh(unit, ["department"])
    event = SupervisingDepartmentChangedV1(unit_id=unit.id, from_id=before, to_id=department_id, revision=unit.revision)
    outbox.record(session, event, revision=unit.revision)
    names = {"from": left, "to": unit.department.name}
    history.note(session, unit.id, Act.DEPARTMENT_CHANGED, actor_id=actor_id, now=now, **names)
    officers.show_to_department(session, unit)
    if unit.letter_state == LetterState.NOT_DUE:
        letters.ask_for(session, unit, actor_id)
    return unit


def end_self_declaring(session: Session, unit: Unit, *, actor_id: UUID, now: datetime) -> Unit:
    """The department takes the mark off: the unit has a title officer, who examines from now on (S4e-05).

    Refuses `not_self_declaring`.
    """
    if not unit.self_declaring:
        raise Conflict("not_self_declaring")
    unit.self_declaring = False
    unit.revision += 1
    session.flush()
    outbox.record(session, SelfDeclaringEndedV1(unit_id=unit.id, revision=unit.revision), revision=unit.revision)
    history.note(session, unit.id, Act.SELF_DECLARING_ENDED, actor_id=actor_id, now=now)
    return unit


@dataclass(frozen=True, slots=True, kw_only=True)
class NewName:
    """certificate_id: the scan of the licence that bears it."""

    name: str
    certificate_id: UUID | None


def rename(session: Session, unit: Unit, wanted: NewName, *, registry: Registry, actor_id: UUID, now: datetime) -> Unit:
    """The name as on the latest licence; what the register knows is the name, else the licence is brought (S4b-09)."""
    known = None
    if unit.org_code:
        code = Code(organisation_code=unit.org_code, credit_code=unit.uscc)
        known = recognise(session, registry, code, unit.personal["legal_representative"], now).name
    scan = wanted.certificate_id is not None
    ensure(registration.objections_to_name(unit.name, wanted.name, known=known, certificate=scan))
    before, unit.name = unit.name, wanted.name
    unit.verified, unit.verified_at = "registry" if known else "scan", now
    unit.certificate_id = wanted.certificate_id or unit.certificate_id
    unit.revision += 1
    session.flush()
    outbox.record(
        session, UnitRenamedV1(unit_id=unit.id, name=unit.name, revision=unit.revision), revision=unit.revision
    )
    history.note(session, unit.id, Act.RENAMED, actor_id=actor_id, now=now, **{"from": before, "to": unit.name})
    return unit
