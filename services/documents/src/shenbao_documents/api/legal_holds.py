"""Applications of which nothing is erased, whatever the rules say: an appeal, a lawsuit, an inquiry."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_documents.actions import cases
from shenbao_documents.models.retention import Hold

blp = Blueprint("legal-holds", __name__, url_prefix="/v1/legal-holds", description="What is not to be erased.")


class HoldIn(Schema):
    """reason: read by whoever may place and lift it."""

    reason = Text(500, required=True)


class HoldOut(Schema):
    """In force since then."""

    application_id = ma.fields.UUID()
    reason = ma.fields.String()
    since = ma.fields.AwareDateTime()


class HoldPage(Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(HoldOut))
    next = ma.fields.String(allow_none=True)


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, HoldPage)
def index(query: dict[str, Any]) -> Page[Hold]:
    """Those in force: of what the office has or had, all for an administrator."""
    with transaction() as session:
        mine = cases.legal_holds(actor_of(Kind.OFFICE, Kind.ADMIN))
        return page(session, mine, by=[Hold.since, Hold.id], after=query["after"], limit=query["limit"])


@blp.put("/<uuid:application_id>")
@blp.arguments(HoldIn)
@blp.response(200, HoldOut)
def place(body: dict[str, Any], application_id: UUID) -> Hold:
    """Keep everything of this application until the hold is lifted."""
    who = actor_of(Kind.OFFICE, Kind.ADMIN)
    with transaction() as session:
        return cases.hold_by_law(session, application_id, body["reason"], actor=who, now=clock.now())


@blp.delete("/<uuid:application_id>")
@blp.response(204)
def lift(application_id: UUID) -> None:
    """Leave it to the rules again."""
    who = actor_of(Kind.OFFICE, Kind.ADMIN)
    with transaction() as session:
        cases.lift(session, application_id, actor=who, now=clock.now())
