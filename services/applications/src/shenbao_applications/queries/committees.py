"""The way to a project by level, committee and subject group, for everybody."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Committee, Project
from shenbao_applications.models.publications import ProjectCommittee
from shenbao_applications.queries import packs
from shenbao_common.kernel import routing
from shenbao_common.kernel.errors import NotFound


def evaluating(tier: str, today: date) -> sa.Select[Committee]:
    """Committees for which there is a project of this tier that is open, or opens later."""
    own = _projects(tier, today).where(ProjectCommittee.committee_id == Committee.id)
    return sa.select(Committee).where(Committee.active, own.correlate(Committee).exists())


def evaluating_one(session: Session, committee_id: UUID, tier: str, today: date) -> Committee:
    found = session.scalar(evaluating(tier, today).where(Committee.id == committee_id))
    if found is None:
        raise NotFound
    return found


def projects(committee: Committee, tier: str, today: date, group: str | None) -> sa.Select[Project]:
    """What one may declare in at this committee; of a group: what takes it, or all groups."""
    query = _projects(tier, today).where(ProjectCommittee.committee_id == committee.id)
    if group:
        of_all = ProjectCommittee.groups == sa.literal([], JSONB)
        query = query.where(sa.or_(of_all, ProjectCommittee.groups.contains([group])))
    return query


def groups(session: Session, committee: Committee, tier: str, today: date) -> list[Mapping[str, Any]]:
    """The committee's subject groups as the programmes of its projects call them."""
    versions = projects(committee, tier, today, None).with_only_columns(Project.version_id).distinct()
    found: dict[str, Mapping[str, Any]] = {}
    for version_id in session.scalars(versions):
        found |= {group["key"]: group for group in groups_in(packs.pack(session, version_id), committee)}
    return list(found.values())


def groups_in(pack: Pack, committee: Committee) -> Sequence[Mapping[str, Any]]:
    """The groups of a programme that the committee evaluates; a committee without groups evaluates all."""
    place = routing.group_place(pack.route)
    options = pack.field(place)["options"] if place else []
    return [option for option in options if not committee.groups or option["key"] in committee.groups]


def public_project(session: Session, project_id: UUID) -> tuple[Project, UUID | None]:
    """A project that is for everybody, with the committee that evaluates it."""
    query = sa.select(Project, ProjectCommittee.committee_id).outerjoin(ProjectCommittee)
    row = session.execute(query.where(Project.id == project_id, Project.visible_to == "all")).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _projects(tier: str, today: date) -> sa.Select[Project]:
    query = sa.select(Project).join(ProjectCommittee, ProjectCommittee.project_id == Project.id)
    return query.where(Project.tier == tier, Project.visible_to == "all", Project.closes_on >= today)
