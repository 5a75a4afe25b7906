"""Projects: publish, list, and the unit's work in each."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate
from sqlalchemy import Select

from shenbao_applications.actions import projects
from shenbao_applications.domain.projects import is_open
from shenbao_applications.domain.tabs import counts
from shenbao_applications.models import Project
from shenbao_applications.queries import applications, packs
from shenbao_applications.queries import projects as project_queries
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.clock import now
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, PrintedText, Schema, Text

blp = Blueprint("projects", __name__, url_prefix="/v1/projects", description="Projects to declare in.")

_TEXT_LIMIT = 20_000


class ProjectIn(Schema):
    """Days are China's, both included; no department in scope means every unit that sees the project.

    committee_id: of the publisher's committee that evaluates it. groups: its subject groups that the project takes,
    none for all of them.
    """

    programme = Text(60, required=True)
    variant = Text(60, required=True)
    name = PrintedText(200, required=True)
    year = ma.fields.Integer(required=True, strict=True, validate=validate.Range(2000, 2100))
    opens_on = ma.fields.Date(required=True)
    closes_on = ma.fields.Date(required=True)
    batch = Text(60, low=0, load_default="")
    specialties = ma.fields.List(Text(100), load_default=list, validate=validate.Length(max=500))
    scope_text = Text(_TEXT_LIMIT, low=0, load_default="")
    scope_department_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=validate.Length(max=500))
    notice_title = Text(200, low=0, load_default="")
    notice_body = Text(_TEXT_LIMIT, low=0, load_default="")
    committee_id = ma.fields.UUID(load_default=None, allow_none=True)
    groups = ma.fields.List(Text(60), load_default=list, validate=validate.Length(max=100))


class ProjectQuery(PageQuery):
    """q: keyword of the name; publisher_id: publishing body; year: of declaration."""

    programme = Text(60, load_default=None)
    variant = Text(60, load_default=None)
    publisher_id = ma.fields.UUID(load_default=None)
    year = ma.fields.Integer(load_default=None, validate=validate.Range(0, 9999))
    q = Text(100, low=0, load_default=None)


class ProjectOut(Schema):
    """open: whether one may declare today. version: of the programme; applications in the project have it too."""

    id = ma.fields.UUID()
    programme = ma.fields.String()
    version = ma.fields.Integer()
    variant = ma.fields.String()
    variant_zh = ma.fields.String()
    variant_en = ma.fields.String()
    tier = ma.fields.String()
    publisher_id = ma.fields.UUID()
    publisher_name = ma.fields.String()
    name = ma.fields.String()
    year = ma.fields.Integer()
    batch = ma.fields.String()
    opens_on = ma.fields.Date()
    closes_on = ma.fields.Date()
    open = ma.fields.Boolean()
    specialties = ma.fields.List(ma.fields.String())
    scope_text = ma.fields.String()
    scope_department_ids = ma.fields.List(ma.fields.String())
    notice_title = ma.fields.String()
    notice_body = ma.fields.String()
    published_at = ma.fields.AwareDateTime()


class ProjectList(Schema):
    """One page of projects, newest first."""

    items = ma.fields.List(ma.fields.Nested(ProjectOut))
    next = ma.fields.String(allow_none=True)


class PublisherOut(Schema):
    """A body that published a project which the actor sees."""

    id = ma.fields.UUID()
    name = ma.fields.String()


class PublisherList(Schema):
    """By name."""

    items = ma.fields.List(ma.fields.Nested(PublisherOut))
    next = ma.fields.String(allow_none=True)


class WorkOut(Schema):
    """What waits in a project, counted within what the actor may read; equal to the lists of the same tabs."""

    project = ma.fields.Nested(ProjectOut)
    to_report = ma.fields.Integer()
    returned = ma.fields.Integer()
    reported = ma.fields.Integer()


class WorkList(Schema):
    """One page of projects with their counts, newest first."""

    items = ma.fields.List(ma.fields.Nested(WorkOut))
    next = ma.fields.String(allow_none=True)


@blp.post("")
@blp.arguments(ProjectIn)
@blp.response(201, ProjectOut)
def publish(body: dict[str, Any]) -> Mapping[str, Any]:
    """Publish a project; who may do so for which tier is said by the programme (S4g-12)."""
    who = actor_with("project.publish")
    with transaction() as session:
        project = projects.publish(session, body, actor=who, now=now())
        return shown(project, packs.pack(session, project.version_id).document)


@blp.get("")
@blp.arguments(ProjectQuery, location="query")
@blp.response(200, ProjectList)
def list_all(query: dict[str, Any]) -> Mapping[str, Any]:
    """Projects that are offered to the actor, filtered (S4g-11)."""
    with transaction() as session:
        found = _page(session, query, project_queries.offered(session, actor()))
        return {"items": _all_shown(session, found), "next": found.next}


@blp.get("/publishers")
@blp.response(200, PublisherList)
def list_publishers() -> Mapping[str, Any]:
    """Bodies whose projects the actor sees: the choices of the filter."""
    with transaction() as session:
        found = project_queries.publishers(session, actor())
    return {"items": [{"id": id_, "name": name} for id_, name in found], "next": None}


@blp.get("/work")
@blp.arguments(ProjectQuery, location="query")
@blp.response(200, WorkList)
def list_work(query: dict[str, Any]) -> Mapping[str, Any]:
    """Per project, also one of a former department, how many are to be reported, returned and reported (S4g-08)."""
    with transaction() as session:
        found = _page(session, query, project_queries.visible(session, actor()))
        by_project = applications.statuses_by_project(session, actor(), [p.id for p in found.items])
        listed = _all_shown(session, found)
    items = [{"project": p, **counts(by_project.get(p["id"], {}))} for p in listed]
    return {"items": items, "next": found.next}


@blp.get("/<uuid:project_id>")
@blp.response(200, ProjectOut)
def show(project_id: UUID) -> Mapping[str, Any]:
    """One project with its notice, accepted specialties and scope (S4g-10)."""
    with transaction() as session:
        project = project_queries.project_of(session, project_id, actor())
        return shown(project, packs.pack(session, project.version_id).document)


def _page(session: Any, query: dict[str, Any], seen: Select[Project]) -> Page[Project]:
    selected = project_queries.filtered(seen, query)
    return page(session, selected, by=[Project.id], after=query["after"], limit=query["limit"])


def _all_shown(session: Any, found: Page[Project]) -> list[dict[str, Any]]:
    return [shown(p, packs.pack(session, p.version_id).document) for p in found.items]


def shown(project: Project, document: Mapping[str, Any]) -> dict[str, Any]:
    variant = next(v for v in document["variants"] if v["key"] == project.variant)
    names = {f"variant_{language}": variant[language] for language in ("zh", "en")}
    return {**vars(project), **names, "open": is_open(project.opens_on, project.closes_on, now())}
