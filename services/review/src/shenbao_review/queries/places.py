"""Whom the resolvers of a route may name, read from the local copies."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel import committees
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.routing import COMMITTEE, Body, Places, Unresolved, names_office
from shenbao_review.models import Case, Committee, Organisation, Project, Unit

_BUREAU = "city_hr_bureau"


# The department and its ancestors. A tree is not deep; the bound ends the walk even if the copies ever held a circle.
_LINE = sa.text(
    """
    WITH RECURSIVE line AS (
        SELECT organisation_id, parent_id, name, level, 0 AS distance
        FROM organisation WHERE organisation_id = :department_id
        UNION ALL
        SELECT o.organisation_id, o.parent_id, o.name, o.level, line.distance + 1
        FROM organisation o JOIN line ON o.organisation_id = line.parent_id WHERE line.distance < 20
    )
    SELECT organisation_id, name, level FROM line ORDER BY distance
    """
)


def places(session: Session, case: Case, resolvers: Collection[str]) -> Places:
    """The bodies around a case, as far as these resolvers may name them.

    Raises Unresolved while its unit is not known here.
    """
    line = _line(session, case.department_id)
    known = {body.level for body in line}
    sits = COMMITTEE in resolvers
    around = Places(
        unit=_unit(session, case),
        applicant=Body(id=case.filler_id, name="", level="person"),
        line=line,
        bureau=_bureau(session, case.project_id) if (sits or _BUREAU in resolvers) and _BUREAU not in known else None,
        publisher=_publisher(session, case.project_id) if sits or "accepting_department" in resolvers else None,
        group=case.group,
        offices_below=_below(session, case.project_id) if names_office(resolvers) else (),
    )
    return replace(around, committees=_committees(session, around.offices, case.programme)) if sits else around


def _committees(session: Session, offices: Collection[UUID], programme: str) -> list[committees.Committee]:
    own = sa.select(Committee).where(Committee.body_id.in_(offices), Committee.active)
    for_it = sa.or_(Committee.programmes == [], Committee.programmes.contains([programme]))
    return [
        committees.Committee(id=row.committee_id, office_id=row.body_id, name=row.name, groups=row.groups)
        for row in session.scalars(own.where(for_it))
    ]


def _unit(session: Session, case: Case) -> Body | None:
    """The unit of the case; None for a person's own."""
    if case.unit_id == NOBODY:
        return None
    unit = session.get(Unit, case.unit_id)
    if unit is None:
        raise Unresolved("no_unit")
    return Body(id=unit.unit_id, name=unit.name, level="unit")


def _line(session: Session, department_id: UUID) -> list[Body]:
    rows = session.execute(_LINE, {"department_id": department_id})
    return [Body(id=row.organisation_id, name=row.name, level=row.level) for row in rows]


def _bureau(session: Session, project_id: UUID) -> Body | None:
    """The one that published the project. Else a city's only one: where a suite serves several cities, only the line
    of the department says which."""
    publisher = _publisher(session, project_id)
    if publisher is not None and publisher.level == _BUREAU:
        return publisher
    found = session.scalars(sa.select(Organisation).where(Organisation.level == _BUREAU).limit(2)).all()
    return _body(found[0]) if len(found) == 1 else None


def _publisher(session: Session, project_id: UUID) -> Body | None:
    project = session.get(Project, project_id)
    found = session.get(Organisation, project.publisher_id) if project else None
    return _body(found) if found else None


def _below(session: Session, project_id: UUID) -> list[Body]:
    project = session.get(Project, project_id)
    if project is None:
        return []
    own = sa.select(Organisation).where(Organisation.parent_id == project.publisher_id)
    return [_body(row) for row in session.scalars(own.order_by(Organisation.organisation_id))]


def _body(row: Organisation) -> Body:
    return Body(id=row.organisation_id, name=row.name, level=row.level)
