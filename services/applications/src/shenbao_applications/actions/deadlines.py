"""Moving the last day of a project: every owner of a draft in it learns of it, once for each move (B-28)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_applications.domain import projects
from shenbao_applications.domain.lifecycle import Status
from shenbao_applications.models import Application, Notice, Project
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotAllowed, ensure
from shenbao_common.kernel.ids import uuid7

MOVED = "deadline_moved"
_DRAFTS = (Status.DRAFT, Status.READY_TO_REPORT)


def move(session: Session, project: Project, closes_on: date, *, actor: Actor, now: datetime) -> Project:
    """By the body that published it. project: held for change."""
    actor.require("project.publish")
    if actor.organisation_id != project.publisher_id:
        raise NotAllowed("not_publisher")
    ensure(projects.objections(year=project.year, opens_on=project.opens_on, closes_on=closes_on))
    if closes_on == project.closes_on:
        return project
    params = {"project_name": project.name, "before": project.closes_on.isoformat(), "closes_on": closes_on.isoformat()}
    owners = sa.select(Application.filler_id).distinct()
    owners = owners.where(Application.project_id == project.id, Application.status.in_(_DRAFTS))
    notices = [
        {
            "id": uuid7(),
            "account_id": owner,
            "kind": MOVED,
            "project_id": project.id,
            "params": params,
            "created_at": now,
        }
        for owner in session.scalars(owners)
    ]
    project.closes_on = closes_on
    if notices:
        session.execute(sa.insert(Notice), notices)
    return project
