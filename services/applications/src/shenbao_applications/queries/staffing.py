"""A unit's professional staff, for the unit and for the offices above it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from shenbao_applications.domain.staffing import FLAG
from shenbao_applications.models.staffing import Appointment, StaffMember, StaffStructure
from shenbao_applications.queries import organisations
from shenbao_common.data.paging import Page, page
from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound


def ensure_readable(session: Session, unit_id: UUID, actor: Actor) -> None:
    """The unit itself, and offices in the line above it; for everybody else it does not exist."""
    own = actor.kind is Kind.UNIT and actor.unit_id == unit_id
    above = actor.kind is Kind.OFFICE and actor.organisation_id in organisations.departments_of_unit(session, unit_id)
    if not (own or above):
        raise NotFound


def members_page(session: Session, unit_id: UUID, q: str | None, *, after: str | None, limit: int) -> Page[StaffMember]:
    """q: an exact ID number."""
    query = sa.select(StaffMember).where(StaffMember.unit_id == unit_id).options(selectinload(StaffMember.appointments))
    if q:
        query = query.where(StaffMember.number_index == number_index(session, q))
    return page(session, query, by=[StaffMember.id], after=after, limit=limit)


def member(session: Session, unit_id: UUID, member_id: UUID, *, lock: bool = False) -> StaffMember:
    query = sa.select(StaffMember).where(StaffMember.id == member_id, StaffMember.unit_id == unit_id)
    query = query.options(selectinload(StaffMember.appointments))
    found = session.scalar(query.with_for_update(of=StaffMember) if lock else query)
    if found is None:
        raise NotFound
    return found


def current(row: StaffMember) -> Appointment | None:
    """The post that somebody has now."""
    return next((a for a in row.appointments if a.ends_on is None), None)


def structure(session: Session, unit_id: UUID) -> StaffStructure:
    """As it is, to read."""
    return session.get(StaffStructure, unit_id) or _empty(unit_id)


def structure_to_change(session: Session, unit_id: UUID) -> StaffStructure:
    """The unit's, held until the transaction ends: two never take the last place of a level."""
    empty = _empty(unit_id)
    values = {column.key: getattr(empty, column.key) for column in sa.inspect(StaffStructure).column_attrs}
    session.execute(insert(StaffStructure).values(**values).on_conflict_do_nothing())
    held = sa.select(StaffStructure).where(StaffStructure.unit_id == unit_id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one()


def number_index(session: Session, number: str) -> bytes:
    return sealer_of(session).blind(f"number:{number.strip().upper()}")


def _empty(unit_id: UUID) -> StaffStructure:
    return StaffStructure(unit_id=unit_id, posts=0, quotas={}, reaction=FLAG, appointed={}, members=0)
