"""Whom the resolvers of a route may name, read from the local copies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Committee, Organisation
from shenbao_common.kernel import committees
from shenbao_common.kernel.routing import COMMITTEE, Body, Places, names_office

PERSON = "person"
"""The level of a body that is no body: somebody who declares without a unit."""

_BUREAU = "city_hr_bureau"


class Published(Protocol):
    """A project, as far as a route asks."""

    publisher_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fillers:
    """The unit that declares, if any, and the account that filled in."""

    unit: Body | None
    applicant: Body


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the steps of a route ask for. programme, group: of the committee, should one be asked."""

    resolvers: Collection[str]
    programme: str
    group: str


def places(session: Session, fillers: Fillers, line: Sequence[Body], project: Published, wanted: Wanted) -> Places:
    """What is around a unit, or a person, in a project, as far as the route may name it."""
    resolvers = wanted.resolvers
    known = {body.level for body in line}
    sits = COMMITTEE in resolvers
    around = Places(
        unit=fillers.unit,
        applicant=fillers.applicant,
        line=line,
        bureau=_bureau(session, project) if (sits or _BUREAU in resolvers) and _BUREAU not in known else None,
        publisher=_publisher(session, project) if sits or "accepting_department" in resolvers else None,
        group=wanted.group,
        offices_below=_below(session, project) if names_office(resolvers) else (),
    )
    return replace(around, committees=_committees(session, around.offices, wanted.programme)) if sits else around


def _committees(session: Session, offices: Sequence[UUID], programme: str) -> list[committees.Committee]:
    own = sa.select(Committee).where(Committee.organisation_id.in_(offices), Committee.active)
    found = [row for row in session.scalars(own) if not row.programmes or programme in row.programmes]
    return [
        committees.Committee(id=row.id, office_id=row.organisation_id, name=row.name, groups=row.groups)
        for row in found
    ]


def _bureau(session: Session, project: Published) -> Body | None:
    """The one that published the project. Else a city's only one: where a suite serves several cities, only the line
    of the department says which."""
    publisher = _publisher(session, project)
    if publisher is not None and publisher.level == _BUREAU:
        return publisher
    found = session.scalars(sa.select(Organisation).where(Organisation.level == _BUREAU).limit(2)).all()
    return _body(found[0]) if len(found) == 1 else None


def _publisher(session: Session, project: Published) -> Body | None:
    found = session.get(Organisation, project.publisher_id)
    return _body(found) if found else None


def _below(session: Session, project: Published) -> list[Body]:
    own = sa.select(Organisation).where(Organisation.parent_id == project.publisher_id)
    return [_body(row) for row in session.scalars(own.order_by(Organisation.id))]


def _body(row: Organisation) -> Body:
    return Body(id=row.id, name=row.name, level=row.level)
