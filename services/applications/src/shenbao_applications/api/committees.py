"""For everybody: level, committee, subject group, project (S4h-02)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_applications.api.publication_schemas import ListedProjectOut
from shenbao_applications.api.publications import listed_project
from shenbao_applications.api.schemas import NamedOut
from shenbao_applications.models import Committee, Project
from shenbao_applications.queries import committees as queries
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text

blp = Blueprint("committees", __name__, url_prefix="/v1/public", description="For everybody: where to declare.")


class TierQuery(Schema):
    """tier: as programmes call it, for example senior or intermediate."""

    tier = Text(20, required=True)


class CommitteesQuery(PageQuery):
    tier = Text(20, required=True)


class CommitteeProjectsQuery(CommitteesQuery):
    """group: only what takes this subject group."""

    group = Text(60, load_default=None)


class CommitteeOut(Schema):
    """A committee with a project to declare in."""

    id = ma.fields.UUID()
    name = ma.fields.String()


class CommitteeList(Schema):
    """One page, the newest first."""

    items = ma.fields.List(ma.fields.Nested(CommitteeOut))
    next = ma.fields.String(allow_none=True)


class GroupOut(NamedOut):
    """A subject group."""

    key = ma.fields.String()


class CommitteeWithGroupsOut(CommitteeOut):
    """groups: empty where the programmes ask for none."""

    groups = ma.fields.List(ma.fields.Nested(GroupOut))


class ListedProjects(Schema):
    """One page of projects, the newest first."""

    items = ma.fields.List(ma.fields.Nested(ListedProjectOut))
    next = ma.fields.String(allow_none=True)


@blp.get("/committees")
@blp.arguments(CommitteesQuery, location="query")
@blp.response(200, CommitteeList)
@public
def list_all(query: dict[str, Any]) -> Page[Committee]:
    """Committees with a project of this tier that has not closed."""
    with transaction() as session:
        found = queries.evaluating(query["tier"], office_day(now()))
        return page(session, found, by=[Committee.id], after=query["after"], limit=query["limit"])


@blp.get("/committees/<uuid:committee_id>")
@blp.arguments(TierQuery, location="query")
@blp.response(200, CommitteeWithGroupsOut)
@public
def show(query: dict[str, Any], committee_id: UUID) -> Mapping[str, Any]:
    """One with its subject groups."""
    with transaction() as session:
        found = queries.evaluating_one(session, committee_id, query["tier"], office_day(now()))
        return {**vars(found), "groups": queries.groups(session, found, query["tier"], office_day(now()))}


@blp.get("/committees/<uuid:committee_id>/projects")
@blp.arguments(CommitteeProjectsQuery, location="query")
@blp.response(200, ListedProjects)
@public
def list_projects(query: dict[str, Any], committee_id: UUID) -> Mapping[str, Any]:
    """Its projects of this tier, those of one subject group if asked."""
    today = office_day(now())
    with transaction() as session:
        committee = queries.evaluating_one(session, committee_id, query["tier"], today)
        own = queries.projects(committee, query["tier"], today, query["group"])
        found = page(session, own, by=[Project.id], after=query["after"], limit=query["limit"])
        return {"items": [listed_project(session, row, committee.id) for row in found.items], "next": found.next}


@blp.get("/projects/<uuid:project_id>")
@blp.response(200, ListedProjectOut)
@public
def show_project(project_id: UUID) -> Mapping[str, Any]:
    """The details of a project that is for everybody."""
    with transaction() as session:
        return listed_project(session, *queries.public_project(session, project_id))
