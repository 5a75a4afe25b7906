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
_BODIES = sa.select(Organisation.id, Organisation.name, Organisation.level)
_BODY = _BODIES.where(Organisation.id == sa.bindparam("organisation_id"))
_BUREAUS = _BODIES.where(Organisation.level == _BUREAU).limit(2)
_BELOW = _BODIES.where(Organisation.parent_id == sa.bindparam("organisation_id")).order_by(Organisation.id)
_COMMITTEES = sa.select(
    Committee.id, Committee.organisation_id, Committee.name, Committee.programmes, Committee.groups
).where(Committee.organisation_id == sa.any_(sa.bindparam("offices", type_=sa.ARRAY(sa.Uuid))), Committee.active)


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
    found = session.connection().execute(_COMMITTEES, {"offices": list(offices)})
    return [
        committees.Committee(id=row.id, office_id=row.organisation_id, name=row.name, groups=row.groups)
        for row in found
        if not row.programmes or programme in row.programmes
    ]


def _bureau(session: Session, project: Published) -> Body | None:
    """The one that published the project. Else a city's only one: where a suite serves several cities, only the line
    of the department says which."""
    publisher = _publisher(session, project)
    if publisher is not None and publisher.level == _BUREAU:
        return publisher
    found = _bodies(session, _BUREAUS)
    return found[0] if len(found) == 1 else None


def _publisher(session: Session, project: Published) -> Body | None:
    found = _bodies(session, _BODY, project.publisher_id)
    return found[0] if found else None


def _below(session: Session, project: Published) -> list[Body]:
    return _bodies(session, _BELOW, project.publisher_id)


def _bodies(session: Session, query: sa.Select[UUID, str, str], organisation_id: UUID | None = None) -> list[Body]:
    found = session.connection().execute(query, {"organisation_id": organisation_id} if organisation_id else None)
    return [Body(id=row.id, name=row.name, level=row.level) for row in found]
