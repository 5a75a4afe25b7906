"""Notices, guides and answers: read by everybody, maintained by authorities (S4h-01, S4j-01, S0-36)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_applications.actions import publications
from shenbao_applications.api import publication_schemas as schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.api.projects import shown
from shenbao_applications.domain.publications import GUIDE, QUESTION, is_visible
from shenbao_applications.models import Project
from shenbao_applications.models.publications import Publication
from shenbao_applications.queries import packs
from shenbao_applications.queries import publications as queries
from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.web.auth import actor_with, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_common.web.service import service

blp = Blueprint("publications", __name__, url_prefix="/v1", description="What authorities publish for everybody.")

SLIP = "shenbao-attachment+jwt"
_SECONDS = 120
"""From reading the page to fetching the file; a hidden notice's attachments are gone after it."""


@blp.get("/public/publications")
@blp.arguments(schemas.PublicationQuery, location="query")
@blp.response(200, schemas.PublicationList)
@public
def list_visible(query: dict[str, Any]) -> Page[Publication]:
    """What is to be read today."""
    with transaction() as session:
        seen = queries.visible(query, office_day(now()))
        if query["kind"] in (GUIDE, QUESTION):
            by = [Publication.position, Publication.id]
            return page(session, seen, by=by, after=query["after"], limit=query["limit"], descending=False)
        return page(session, seen, by=[Publication.id], after=query["after"], limit=query["limit"])


@blp.get("/public/publications/<uuid:publication_id>")
@blp.response(200, schemas.PublicationOut)
@public
def show_visible(publication_id: UUID) -> Mapping[str, Any]:
    """One with its attachments, committees and projects, while it is visible."""
    with transaction() as session:
        return _whole(session, queries.visible_one(session, publication_id, office_day(now())))


@blp.get("/publications")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.MaintainedList)
def list_maintained(query: dict[str, Any]) -> Mapping[str, Any]:
    """What the caller's body, or one below it, published, hidden ones too."""
    who = _maintainer()
    with transaction() as session:
        own = queries.maintained(session, who)
        found = page(session, own, by=[Publication.id], after=query["after"], limit=query["limit"])
        return {"items": [_line(row) for row in found.items], "next": found.next}


@blp.post("/publications")
@blp.arguments(schemas.PublicationIn)
@blp.response(201, schemas.PublicationOut)
def publish(body: dict[str, Any]) -> Mapping[str, Any]:
    """Write a new one of the caller's body."""
    _maintainer()
    with transaction() as session:
        return _whole(session, tagged(publications.publish(session, body, desk())))


@blp.get("/publications/<uuid:publication_id>")
@blp.response(200, schemas.PublicationOut)
def show_maintained(publication_id: UUID) -> Mapping[str, Any]:
    """One that the caller maintains, hidden or not."""
    who = _maintainer()
    with transaction() as session:
        return _whole(session, tagged(queries.maintained_one(session, publication_id, who)))


@blp.put("/publications/<uuid:publication_id>")
@blp.arguments(schemas.PublicationIn)
@blp.response(200, schemas.PublicationOut)
def change(body: dict[str, Any], publication_id: UUID) -> Mapping[str, Any]:
    """Write it anew, show or hide it; demands If-Match."""
    who = _maintainer()
    with transaction() as session:
        row = queries.maintained_one(session, publication_id, who)
        ensure_match(row)
        publications.change(session, row, body, desk())
        return _whole(session, tagged(row))


@blp.delete("/publications/<uuid:publication_id>")
@blp.response(204)
def delete(publication_id: UUID) -> None:
    """Delete it; demands If-Match."""
    who = _maintainer()
    with transaction() as session:
        row = queries.maintained_one(session, publication_id, who)
        ensure_match(row)
        publications.delete(session, row)


def _maintainer() -> Actor:
    return actor_with("project.publish")


def _line(row: Publication) -> dict[str, Any]:
    return {**vars(row), "visible": is_visible(row.visible_from, row.visible_until, office_day(now()))}


def _whole(session: Session, row: Publication) -> dict[str, Any]:
    sign = service().signer.sign
    attachments = [
        {**one, "slip": sign(SLIP, {"document_id": one["document_id"]}, seconds=_SECONDS)} for one in row.attachments
    ]
    listed = [listed_project(session, project, committee) for project, committee in queries.projects(session, row)]
    return {**_line(row), "attachments": attachments, "projects": listed}


def listed_project(session: Session, project: Project, committee_id: UUID | None) -> dict[str, Any]:
    """A project as everybody reads it."""
    pack = packs.pack(session, project.version_id)
    fill = pack.accounts("fill", project.variant)
    return {**shown(project, pack.document), "fill": fill, "committee_id": committee_id}
