"""Keeping a unit's professional staff, appointing them, and setting the structure of its posts (S4a-11)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.domain import staffing as rules
from shenbao_applications.models.staffing import Appointment, StaffMember, StaffStructure
from shenbao_applications.queries import staffing
from shenbao_common.kernel import identifiers
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotAllowed, Problem, RuleBroken, ensure


def add(session: Session, unit_id: UUID, person: Mapping[str, str], *, desk: Desk) -> StaffMember:
    """Adds somebody to the unit's staff; the same ID number stands there once."""
    _ensure_keeper(desk.actor)
    structure = staffing.structure_to_change(session, unit_id)
    row = StaffMember(unit_id=unit_id, created_at=desk.now, appointments=[])
    _describe(session, row, person, desk)
    session.add(row)
    _flush(session)
    structure.members += 1
    return row


def revise(session: Session, row: StaffMember, person: Mapping[str, str], *, desk: Desk) -> StaffMember:
    """Saves the basic data of somebody."""
    _ensure_keeper(desk.actor)
    _describe(session, row, person, desk)
    _flush(session)
    return row


def remove(session: Session, row: StaffMember, *, desk: Desk) -> None:
    """Takes somebody out with all appointments; one who has a post gives it up first."""
    _ensure_keeper(desk.actor)
    if staffing.current(row):
        raise Conflict("still_appointed")
    staffing.structure_to_change(session, row.unit_id).members -= 1
    session.delete(row)


def appoint(session: Session, row: StaffMember, given: Mapping[str, Any], *, desk: Desk) -> Appointment:
    """Appoints somebody, or to another post; one more than the quota is refused or flagged as the department set it."""
    _ensure_keeper(desk.actor)
    structure = staffing.structure_to_change(session, row.unit_id)
    present = staffing.current(row)
    if present:
        ensure(rules.objections_to_period(present.starts_on, given["starts_on"]), "invalid")
        _end(structure, present, given["starts_on"])
        session.flush()
    over = rules.exceeds(structure.quotas, structure.appointed, given["level"], structure.reaction)
    made = Appointment(
        member_id=row.id, over_quota=over, entered_by=desk.actor.account_id, entered_at=desk.now, **given
    )
    row.appointments.append(made)
    _count(structure, made.level, 1)
    return made


def release(session: Session, row: StaffMember, ends_on: date, *, desk: Desk) -> None:
    """Ends the post that somebody has."""
    _ensure_keeper(desk.actor)
    structure = staffing.structure_to_change(session, row.unit_id)
    present = staffing.current(row)
    if present is None:
        raise Conflict("not_appointed")
    ensure(rules.objections_to_period(present.starts_on, ends_on), "invalid")
    _end(structure, present, ends_on)


def set_structure(session: Session, unit_id: UUID, given: Mapping[str, Any], *, desk: Desk) -> StaffStructure:
    """The supervising department, or one above it, sets posts, quotas and what happens to one more."""
    if desk.actor.kind is not Kind.OFFICE:
        raise NotAllowed("wrong_kind_of_account")
    desk.actor.require("review.decide")
    ensure(rules.objections_to_structure(given["posts"], given["quotas"]))
    structure = staffing.structure_to_change(session, unit_id)
    structure.posts, structure.quotas, structure.reaction = given["posts"], given["quotas"], given["reaction"]
    return structure


def _ensure_keeper(actor: Actor) -> None:
    """The unit's officer with that tick, or an office above it."""
    actor.require("unit.manage" if actor.kind is Kind.UNIT else "review.decide")


def _describe(session: Session, row: StaffMember, person: Mapping[str, str], desk: Desk) -> None:
    try:
        number = identifiers.citizen_number(person["id_number"], today=office_day(desk.now)).number
    except identifiers.WrongIdentifier as wrong:
        raise RuleBroken("invalid", wrong.problem("id_number")) from wrong
    row.person = {**person, "id_number": number}
    row.number_index = staffing.number_index(session, number)


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as wrong:
        if "staff_member_once" not in str(wrong.orig):
            raise
        raise Conflict("duplicate", Problem("duplicate", "id_number")) from wrong


def _end(structure: StaffStructure, present: Appointment, ends_on: date) -> None:
    present.ends_on = ends_on
    _count(structure, present.level, -1)


def _count(structure: StaffStructure, level: str, by: int) -> None:
    # A new mapping, so that the change is seen.
    structure.appointed = {**structure.appointed, level: structure.appointed.get(level, 0) + by}
