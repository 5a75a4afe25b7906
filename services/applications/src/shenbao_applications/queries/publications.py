"""What everybody reads, and what an authority maintains."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.models import Project
from shenbao_applications.models.publications import ProjectCommittee, Publication
from shenbao_applications.queries import organisations
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotFound


def visible(filters: Mapping[str, Any], today: date) -> sa.Select[Publication]:
    """What everybody sees today. programme: what is of it, and what is of none."""
    until = sa.or_(Publication.visible_until.is_(None), Publication.visible_until >= today)
    query = sa.select(Publication).where(Publication.visible_from <= today, until)
    if filters.get("kind"):
        query = query.where(Publication.kind == filters["kind"])
    if filters.get("programme"):
        query = query.where(Publication.programme.in_(("", filters["programme"])))
    return query


def visible_one(session: Session, publication_id: UUID, today: date) -> Publication:
    """Refuses as not found what is hidden today."""
    return _found(session, visible({}, today), publication_id)


def maintained(session: Session, actor: Actor) -> sa.Select[Publication]:
    """What the actor's body, or one below it, published."""
    bodies = organisations.branch(session, actor.organisation_id) if actor.organisation_id else []
    return sa.select(Publication).where(Publication.organisation_id.in_(bodies))


def maintained_one(session: Session, publication_id: UUID, actor: Actor) -> Publication:
    return _found(session, maintained(session, actor), publication_id)


def projects(session: Session, publication: Publication) -> list[tuple[Project, UUID | None]]:
    """The projects that it lists, in its order, each with the committee that evaluates it."""
    ids = [UUID(text) for text in publication.project_ids]
    query = sa.select(Project, ProjectCommittee.committee_id).outerjoin(ProjectCommittee).where(Project.id.in_(ids))
    found = {project.id: (project, committee) for project, committee in session.execute(query)} if ids else {}
    return [found[project_id] for project_id in ids if project_id in found]


def _found(session: Session, query: sa.Select[Publication], publication_id: UUID) -> Publication:
    row = session.scalar(query.where(Publication.id == publication_id))
    if row is None:
        raise NotFound
    return row
