"""The organisation tree as this service knows it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Organisation, Unit
from shenbao_common.kernel.routing import Body

DEEPEST = 20
"""Levels; a wrong tree must not make a read endless."""


_LINE = sa.text(
    """
    WITH RECURSIVE up AS (
        SELECT id, parent_id, name, level, 0 AS depth FROM organisation WHERE id = :organisation_id
        UNION ALL
        SELECT o.id, o.parent_id, o.name, o.level, up.depth + 1 FROM organisation o, up
        WHERE o.id = up.parent_id AND up.depth < :most
    )
    SELECT id, name, level FROM up ORDER BY depth
    """
).bindparams(most=DEEPEST)


def line_of(session: Session, organisation_id: UUID) -> list[Body]:
    """The body and all above it, nearest first; empty when it is not in the tree."""
    rows = session.execute(_LINE, {"organisation_id": organisation_id})
    return [Body(id=row.id, name=row.name, level=row.level) for row in rows]


def line(session: Session, organisation_id: UUID) -> list[UUID]:
    """The same by their ids; the body alone when it is not known here yet."""
    return [body.id for body in line_of(session, organisation_id)] or [organisation_id]


def branch(session: Session, organisation_id: UUID) -> list[UUID]:
    """The body and all below it."""
    start = sa.select(Organisation.id, sa.literal(0).label("depth")).where(Organisation.id == organisation_id)
    down = start.cte("down", recursive=True)
    child = sa.select(Organisation.id, down.c.depth + 1)
    down = down.union_all(child.where(Organisation.parent_id == down.c.id, down.c.depth < DEEPEST))
    return list(session.scalars(sa.select(down.c.id)))


def departments_of_unit(session: Session, unit_id: UUID | None) -> list[UUID]:
    """The unit's supervising department and all above it, nearest first; empty when the unit is not known here yet."""
    return departments_of(session, session.get(Unit, unit_id) if unit_id else None)


def departments_of(session: Session, unit: Unit | None) -> list[UUID]:
    """The same of one that is at hand, or of none."""
    return line(session, unit.department_id) if unit else []
