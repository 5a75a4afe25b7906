"""Which projects an actor sees."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Application, Organisation, Project
from shenbao_applications.queries import organisations
from shenbao_applications.queries.applications import in_scope
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound

_ABOVE_ALL = ("province", "city_hr_bureau")


def offered(session: Session, actor: Actor) -> sa.Select[Project]:
    """What may be declared or looked after.

    Units see what is for all and what their department, or one above it, published (S4g-12); offices their branch and
    line besides; the bureau, the province and administrators see all.
    """
    query = sa.select(Project)
    if actor.kind in {Kind.UNIT, Kind.SUB_ACCOUNT}:
        return query.where(_published_by(organisations.departments_of_unit(session, actor.unit_id)))
    if actor.kind is Kind.OFFICE and actor.organisation_id:
        own = session.get(Organisation, actor.organisation_id)
        if own and own.level in _ABOVE_ALL:
            return query
        around = organisations.line(session, actor.organisation_id)
        return query.where(_published_by([*around, *organisations.branch(session, actor.organisation_id)]))
    if actor.kind is Kind.PERSON:
        return query.where(Project.visible_to == "all")
    return query if actor.kind is Kind.ADMIN else query.where(sa.false())


def visible(session: Session, actor: Actor) -> sa.Select[Project]:
    """What is offered, and to who declares also where there is material already: after a change of department that of
    the one before is still to be corrected, looked at and printed."""
    if actor.kind not in {Kind.UNIT, Kind.SUB_ACCOUNT}:
        return offered(session, actor)
    by_department = _published_by(organisations.departments_of_unit(session, actor.unit_id))
    declared_in = sa.select(Application.project_id).where(in_scope(actor))
    return sa.select(Project).where(sa.or_(by_department, Project.id.in_(declared_in)))


def project_of(session: Session, project_id: UUID, actor: Actor) -> Project:
    """Refuses as not found what the actor does not see."""
    return _found(session, visible(session, actor), project_id)


def offered_project(session: Session, project_id: UUID, actor: Actor, departments: Collection[UUID]) -> Project:
    """Refuses as not found what is not offered to the actor, whose unit these departments are over."""
    if actor.kind not in {Kind.UNIT, Kind.SUB_ACCOUNT}:
        return _found(session, offered(session, actor), project_id)
    found = session.get(Project, project_id)
    if found is None or not (found.visible_to == "all" or found.publisher_id in departments):
        raise NotFound
    return found


def _found(session: Session, query: sa.Select[Project], project_id: UUID) -> Project:
    found = session.scalar(query.where(Project.id == project_id))
    if found is None:
        raise NotFound
    return found


def filtered(query: sa.Select[Project], filters: Mapping[str, Any]) -> sa.Select[Project]:
    """By programme, variant, publishing body and year (equal), and keyword of the name (S4g-11)."""
    for name in ("programme", "variant", "publisher_id", "year"):
        if filters.get(name) is not None:
            query = query.where(getattr(Project, name) == filters[name])
    if filters.get("q"):
        query = query.where(Project.name.icontains(filters["q"], autoescape=True))
    return query


def publishers(session: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """Who published the projects that the actor sees, by name."""
    seen = visible(session, actor).subquery()
    columns = sa.select(seen.c.publisher_id, sa.func.max(seen.c.publisher_name))
    rows = session.execute(columns.group_by(seen.c.publisher_id).order_by(sa.func.max(seen.c.publisher_name)))
    return [(row[0], row[1]) for row in rows]


def _published_by(bodies: list[UUID]) -> sa.ColumnElement[bool]:
    return sa.or_(Project.visible_to == "all", Project.publisher_id.in_(bodies))
