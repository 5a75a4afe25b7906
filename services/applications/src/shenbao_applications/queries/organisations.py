"""The organisation tree as this service knows it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Organisation

DEEPEST = 20
"""Levels; a wrong tree must not make a read endless."""


def _line() -> sa.Select[UUID]:
    start = sa.select(Organisation.id, Organisation.parent_id, sa.literal(0).label("depth"))
    up = start.where(Organisation.id == sa.bindparam("organisation_id")).cte("up", recursive=True)
    parent = sa.select(Organisation.id, Organisation.parent_id, up.c.depth + 1)
    up = up.union_all(parent.where(Organisation.id == up.c.parent_id, up.c.depth < DEEPEST))
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
    down = down.union_all(child.where(Organisation.parent_id == down.c.id, down.c.depth < DEEPEST))
    return list(session.scalars(sa.select(down.c.id)))


_OVER_UNIT = sa.text(
    """
    WITH RECURSIVE own AS MATERIALIZED (
        SELECT department_id FROM unit WHERE id = :unit_id
    ), up AS (
        SELECT o.id, o.parent_id, 0 AS depth FROM organisation o, own WHERE o.id = own.department_id
        UNION ALL
        SELECT o.id, o.parent_id, up.depth + 1 FROM organisation o, up
        WHERE o.id = up.parent_id AND up.depth < :most
    )
    SELECT department_id, ARRAY(SELECT id FROM up ORDER BY depth) AS known FROM own
    """
).bindparams(most=DEEPEST)


def departments_of_unit(session: Session, unit_id: UUID | None) -> list[UUID]:
    """The unit's supervising department and all above it, nearest first; empty when the unit is not known here yet."""
    row = session.execute(_OVER_UNIT, {"unit_id": unit_id}).first() if unit_id else None
    return (list(row.known) or [row.department_id]) if row else []
