"""Whom the resolvers of a route may name, read from the local copies."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Organisation
from shenbao_applications.queries.organisations import DEEPEST
from shenbao_common.kernel.routing import Body, Places

PERSON = "person"
"""The level of a body that is no body: somebody who declares without a unit."""

_BUREAU = "city_hr_bureau"
_LINE = sa.text(
    """
    WITH RECURSIVE up AS (
        SELECT id, parent_id, name, level, 0 AS depth FROM organisation WHERE id = :department_id
        UNION ALL
        SELECT o.id, o.parent_id, o.name, o.level, up.depth + 1 FROM organisation o, up
        WHERE o.id = up.parent_id AND up.depth < :most
    )
    SELECT id, name, level FROM up ORDER BY depth
    """
).bindparams(most=DEEPEST)


class Published(Protocol):
    """A project, as far as a route asks."""

    publisher_id: UUID


def line_of(session: Session, department_id: UUID) -> list[Body]:
    """The department and all above it, nearest first; empty when it is not in the tree."""
    rows = session.execute(_LINE, {"department_id": department_id})
    return [Body(id=row.id, name=row.name, level=row.level) for row in rows]


def places(
    session: Session, filler: Body, line: Sequence[Body], project: Published, resolvers: Collection[str]
) -> Places:
    """What is around a unit, or a person, in a project, as far as these resolvers may name it."""
    known = {body.level for body in line}
    return Places(
        unit=None if filler.level == PERSON else filler,
        applicant=filler if filler.level == PERSON else None,
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
