"""Whom the resolvers of a route may name, read from the local copies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Organisation
from shenbao_common.kernel.routing import Body, Places

PERSON = "person"
"""The level of a body that is no body: somebody who declares without a unit."""

_BUREAU = "city_hr_bureau"


class Published(Protocol):
    """A project, as far as a route asks."""

    publisher_id: UUID


@dataclass(frozen=True, kw_only=True)
class Fillers:
    """The unit that declares, if any, and the account that filled in."""

    unit: Body | None
    applicant: Body


def places(
    session: Session, fillers: Fillers, line: Sequence[Body], project: Published, resolvers: Collection[str]
) -> Places:
    """What is around a unit, or a person, in a project, as far as these resolvers may name it."""
    known = {body.level for body in line}
    return Places(
        unit=fillers.unit,
        applicant=fillers.applicant,
        line=line,
        bureau=_bureau(session, project) if _BUREAU in resolvers and _BUREAU not in known else None,
        publisher=_publisher(session, project) if "accepting_department" in resolvers else None,
    )


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


def _body(row: Organisation) -> Body:
    return Body(id=row.id, name=row.name, level=row.level)
