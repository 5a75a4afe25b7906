"""The unit directory as an office reads it: its own branch."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_units import queries
from shenbao_units.models import DirectoryUnit, Organisation, Unit


def units_page(
    session: Session, root_id: UUID | None, *, q: str | None, after: str | None, limit: int
) -> Page[DirectoryUnit]:
    """By code. root_id: the office whose branch it is, None for all. q: beginning of a code, or piece of a name."""
    query = sa.select(DirectoryUnit)
    if root_id:
        query = query.where(DirectoryUnit.department_id.in_(queries.tree(root_id)))
    if q:
        code = DirectoryUnit.org_code.startswith(q, autoescape=True)
        query = query.where(sa.or_(code, DirectoryUnit.name.icontains(q, autoescape=True)))
    return page(session, query, by=[DirectoryUnit.org_code], after=after, limit=limit, descending=False)


def registered(session: Session, rows: Collection[DirectoryUnit]) -> dict[tuple[str, UUID], UUID]:
    """The units that have registered, by code and department."""
    codes = {row.org_code for row in rows}
    found = session.execute(sa.select(Unit.org_code, Unit.department_id, Unit.id).where(Unit.org_code.in_(codes)))
    return {(code, department_id): unit_id for code, department_id, unit_id in found}


def unit_to_change(session: Session, unit_id: UUID, root_id: UUID | None) -> DirectoryUnit:
    query = sa.select(DirectoryUnit).where(DirectoryUnit.id == unit_id).with_for_update()
    if root_id:
        query = query.where(DirectoryUnit.department_id.in_(queries.tree(root_id)))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def organisation_of_code(session: Session, code: str) -> Organisation | None:
    """The organisation in force that has this code."""
    return session.scalar(sa.select(Organisation).where(Organisation.code == code, Organisation.cancelled_at.is_(None)))
