"""The last day of a project, and what its move tells the owners of drafts (B-28)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa
from flask_smorest import Blueprint

from shenbao_applications.actions import deadlines
from shenbao_applications.api.projects import ProjectOut, shown
from shenbao_applications.models import Notice
from shenbao_applications.queries import packs
from shenbao_applications.queries import projects as project_queries
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.clock import now
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema

blp = Blueprint("deadlines", __name__, url_prefix="/v1", description="Last days, and notices of their moves.")


class DeadlineIn(Schema):
    """closes_on: the last day in China's time, included."""

    closes_on = ma.fields.Date(required=True)


class NoticeOut(Schema):
    """kind: deadline_moved, with project_name, before and closes_on in params."""

    id = ma.fields.UUID()
    kind = ma.fields.String()
    project_id = ma.fields.UUID()
    params = ma.fields.Dict()
    created_at = ma.fields.AwareDateTime()


class NoticesOut(Schema):
    """The latest first."""

    items = ma.fields.List(ma.fields.Nested(NoticeOut))
    next = ma.fields.String(allow_none=True)


@blp.post("/projects/<uuid:project_id>/deadline")
@blp.arguments(DeadlineIn)
@blp.response(200, ProjectOut)
def move(body: dict[str, Any], project_id: UUID) -> Mapping[str, Any]:
    """Move the last day of an own project; each owner of a draft in it gets one notice."""
    who = actor_with("project.publish")
    with transaction() as session:
        project = project_queries.project_of(session, project_id, who)
        session.refresh(project, with_for_update=True)
        deadlines.move(session, project, body["closes_on"], actor=who, now=now())
        return shown(project, packs.pack(session, project.version_id).document)


@blp.get("/notices")
@blp.arguments(PageQuery, location="query")
@blp.response(200, NoticesOut)
def own(query: dict[str, Any]) -> Page[Notice]:
    """What the service has told the actor."""
    mine = sa.select(Notice).where(Notice.account_id == actor().account_id)
    with transaction() as session:
        return page(session, mine, by=[Notice.id], after=query["after"], limit=query["limit"])
