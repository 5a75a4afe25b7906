"""Whom the resolvers of a route may name, read from the local copies."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel import committees
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.routing import COMMITTEE, Body, Places, Unresolved, names_office
from shenbao_review.models import Case, Committee, Organisation, Project
from shenbao_review.queries.arrivals import Known

_BUREAU = "city_hr_bureau"
_HELD = {"read": True, "key_share": True}
"""Of an organisation that a step may name: its cancellation waits, and finds the step (as in `arrivals`)."""


def places(session: Session, case: Case, resolvers: Collection[str], near: Known) -> Places:
    """The bodies around a case, as far as these resolvers may name them.

    Raises Unresolved while its unit is not known here.
    """
    known = {body.level for body in near.line}
    sits = COMMITTEE in resolvers
    around = Places(
        unit=_unit(case, near),
        applicant=Body(id=case.filler_id, name="", level="person"),
        line=near.line,
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


def _unit(case: Case, near: Known) -> Body | None:
    """The unit of the case; None for a person's own."""
    if case.unit_id == NOBODY:
        return None
    if near.unit is None:
        raise Unresolved("no_unit")
    return Body(id=case.unit_id, name=near.unit, level="unit")


def _bureau(session: Session, project_id: UUID) -> Body | None:
    """The one that published the project. Else a city's only one: where a suite serves several cities, only the line
    of the department says which."""
    publisher = _publisher(session, project_id)
    if publisher is not None and publisher.level == _BUREAU:
        return publisher
    bureaus = sa.select(Organisation).where(Organisation.level == _BUREAU).limit(2)
    found = session.scalars(bureaus.with_for_update(read=True, key_share=True)).all()
    return _body(found[0]) if len(found) == 1 else None


def _publisher(session: Session, project_id: UUID) -> Body | None:
    project = session.get(Project, project_id)
    found = session.get(Organisation, project.publisher_id, with_for_update=_HELD) if project else None
    return _body(found) if found else None


def _below(session: Session, project_id: UUID) -> list[Body]:
    project = session.get(Project, project_id)
    if project is None:
        return []
    own = sa.select(Organisation).where(Organisation.parent_id == project.publisher_id)
    own = own.order_by(Organisation.organisation_id).with_for_update(read=True, key_share=True)
    return [_body(row) for row in session.scalars(own)]


def _body(row: Organisation) -> Body:
    return Body(id=row.organisation_id, name=row.name, level=row.level)
