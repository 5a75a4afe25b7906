"""The organisation tree as this service knows it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Organisation, Unit

_DEEPEST = 20
"""Levels; a wrong tree must not make a read endless."""


def _line() -> sa.Select[UUID]:
    start = sa.select(Organisation.id, Organisation.parent_id, sa.literal(0).label("depth"))
    up = start.where(Organisation.id == sa.bindparam("organisation_id")).cte("up", recursive=True)
    parent = sa.select(Organisation.id, Organisation.parent_id, up.c.depth + 1)
    up = up.union_all(parent.where(Organisation.id == up.c.parent_id, up.c.depth < _DEEPEST))
    return sa.select(up.c.id).order_by(up.c.depth)


_LINE = _line()
"""Made once: putting it together takes longer than asking it."""


def line(session: Session, organisation_id: UUID) -> list[UUID]:
    """The body and all above it, nearest first; the body alone when it is not known here yet."""
    return list(session.scalars(_LINE, {"organisation_id": organisation_id})) or [organisation_id]


def branch(session: Session, organisation_id: UUID) -> list[UUID]:
    """The body and all below it."""
    start = sa.select(Organisation.id, sa.literal(0).label("depth")).where(Organisation.id == organisation_id)
    down = start.cte("down", recursive=True)
    child = sa.select(Organisation.id, down.c.depth + 1)
    down = down.union_all(child.where(Organisation.parent_id == down.c.id, down.c.depth < _DEEPEST))
    return list(session.scalars(sa.select(down.c.id)))


def departments_of_unit(session: Session, unit_id: UUID | None) -> list[UUID]:
    """The unit's supervising department and all above it, nearest first; empty when the unit is not known here yet."""
    unit = session.get(Unit, unit_id) if unit_id else None
    return line(session, unit.department_id) if unit else []
