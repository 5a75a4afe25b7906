"""Whom the resolvers of a route may name, read from the local copies."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_review.domain.route import Body, Places, Unresolved
from shenbao_review.models import Case, Organisation, Project, Unit

_BUREAU = "city_hr_bureau"


def places(session: Session, case: Case) -> Places:
    """The bodies around a case. Raises Unresolved while its unit is not known here."""
    unit = session.get(Unit, case.unit_id)
    if unit is None:
        raise Unresolved("no_unit")
    return Places(
        unit=Body(id=unit.unit_id, name=unit.name, level="unit"),
        line=_line(session, case.department_id),
        bureau=_only_bureau(session),
        publisher=_publisher(session, case.project_id),
    )


def _line(session: Session, department_id: UUID) -> list[Body]:
    """The department and its ancestors, nearest first."""
    start = sa.select(Organisation, sa.literal(0).label("distance")).where(
        Organisation.organisation_id == department_id
    )
    line = start.cte("line", recursive=True)
    above = sa.select(Organisation, line.c.distance + 1).join(line, Organisation.organisation_id == line.c.parent_id)
    # A tree is not deep; the bound ends the walk even if the copies ever held a circle.
    line = line.union_all(above.where(line.c.distance < 20))
    rows = session.execute(sa.select(line).order_by(line.c.distance))
    return [Body(id=row.organisation_id, name=row.name, level=row.level) for row in rows]


def _only_bureau(session: Session) -> Body | None:
    """A city has one HR bureau; where a suite serves several cities, only the line of the department says which."""
    found = session.scalars(sa.select(Organisation).where(Organisation.level == _BUREAU).limit(2)).all()
    return _body(found[0]) if len(found) == 1 else None


def _publisher(session: Session, project_id: UUID) -> Body | None:
    project = session.get(Project, project_id)
    found = session.get(Organisation, project.publisher_id) if project else None
    return _body(found) if found else None


def _body(row: Organisation) -> Body:
    return Body(id=row.organisation_id, name=row.name, level=row.level)
