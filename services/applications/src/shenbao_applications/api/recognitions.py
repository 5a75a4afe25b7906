"""Recognitions of earlier years: taken over by the bureau, matched to persons by their ID number."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_applications.actions import recognitions, renewals
from shenbao_applications.api import recognition_schemas as schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.api.profiles import profile_of
from shenbao_applications.models import Recognition
from shenbao_applications.queries import packs, projects
from shenbao_applications.queries import recognitions as queries
from shenbao_common.data.paging import page
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.clock import now
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery

blp = Blueprint("recognitions", __name__, url_prefix="/v1", description="Recognitions of earlier years.")


@blp.post("/recognitions")
@blp.arguments(schemas.RecognitionsIn)
@blp.response(201, schemas.ImportedOut)
def take_over(body: dict[str, Any]) -> Mapping[str, int]:
    """Take over what a register holds; what is known already stays as it is."""
    actor_of(Kind.OFFICE)
    with transaction() as session:
        return {"imported": recognitions.take_over(session, body["register"], body["items"], desk=desk())}


@blp.get("/recognitions")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.RecognitionList)
def list_own(query: dict[str, Any]) -> Mapping[str, Any]:
    """What was matched to the caller, newest first."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        found = page(session, queries.own(who), by=[Recognition.id], after=query["after"], limit=query["limit"])
        return {"items": [schemas.line(row) for row in found.items], "next": found.next}


@blp.post("/recognitions/claims")
@blp.arguments(schemas.ProfileIn)
@blp.response(204)
def claim(body: dict[str, Any]) -> None:
    """Match everything on record under the caller's ID number to the caller (S0-03)."""
    actor_of(Kind.PERSON)
    profile = renewals.proved(profile_of(body["profile"]))
    with transaction() as session:
        recognitions.claim(session, profile["id_number"], desk=desk())


@blp.post("/projects/<uuid:project_id>/renewal-needs")
@blp.arguments(schemas.NeedIn)
@blp.response(200, schemas.NeedOut)
def ask_need(body: dict[str, Any], project_id: UUID) -> Mapping[str, Any]:
    """Whether the caller has to declare in this project now (S0-13); nothing is kept."""
    actor_of(Kind.PERSON)
    profile = renewals.proved(profile_of(body["profile"]))
    with transaction() as session:
        project = projects.project_of(session, project_id, actor())
        pack = packs.pack(session, project.version_id)
        if pack.document.get("renews") is None:
            raise NotFound
        found = renewals.look_up(session, pack, profile, now(), category=body["category"])
        return {**vars(found.need), "apply_at": pack.document["renews"]["apply_at"]}
