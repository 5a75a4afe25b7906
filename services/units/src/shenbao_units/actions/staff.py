"""Linking staff to a unit: added, disabled, enabled, removed at any time (S4b-05, S4b-06)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.units import StaffChangedV1
from shenbao_common.kernel.errors import NotFound
from shenbao_units.actions.bindings import Person
from shenbao_units.actions.uniqueness import flush_or_conflict
from shenbao_units.domain import staff
from shenbao_units.domain.staff import StaffState
from shenbao_units.models import LINKED_ONCE, StaffLink


def listed(session: Session, unit_id: UUID | None) -> list[StaffLink]:
    """The unit's present staff, a handful."""
    query = sa.select(StaffLink).where(StaffLink.unit_id == unit_id, StaffLink.state != StaffState.REMOVED.value)
    return list(session.scalars(query.order_by(StaffLink.id).limit(100)))


def one(session: Session, unit_id: UUID | None, link_id: UUID) -> StaffLink:
    """One of the unit's own, locked until the transaction ends."""
    query = sa.select(StaffLink).where(StaffLink.id == link_id, StaffLink.unit_id == unit_id)
    found = session.scalars(query.where(StaffLink.state != StaffState.REMOVED.value).with_for_update()).one_or_none()
    if found is None:
        raise NotFound
    return found


def link(session: Session, unit_id: UUID, person: Person, *, now: datetime) -> StaffLink:
    """Refuses `already_linked`."""
    personal = {"name": person.name, "id_number": person.id_number}
    row = StaffLink(unit_id=unit_id, account_id=person.account_id, personal=personal, linked_at=now, revision=0)
    row.state = StaffState.ENABLED.value
    session.add(row)
    flush_or_conflict(session, {LINKED_ONCE: "already_linked"})
    return _tell(session, row)


def turn(session: Session, row: StaffLink, state: StaffState, *, confirmed: bool = True) -> StaffLink:
    """Disables, enables or removes; refuses `no_recovery_without_staff` until that is confirmed."""
    if state is StaffState.REMOVED:
        others = [one for one in listed(session, row.unit_id) if one.id != row.id and one.state == StaffState.ENABLED]
        staff.ensure_confirmed(len(others), confirmed=confirmed)
    if row.state == state:
        return row
    row.state = state.value
    return _tell(session, row)


def _tell(session: Session, row: StaffLink) -> StaffLink:
    row.revision += 1
    session.flush()
    event = StaffChangedV1(
        link_id=row.id, unit_id=row.unit_id, account_id=row.account_id, state=row.state, revision=row.revision
    )
    outbox.record(session, event, revision=row.revision)
    return row
