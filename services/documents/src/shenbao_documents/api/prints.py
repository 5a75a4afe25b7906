"""Printed official forms."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.actor import Kind
from shenbao_common.web import auditing
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_documents import queries
from shenbao_documents.actions import prints
from shenbao_documents.api.delivery import delivered
from shenbao_documents.api.parts import parts
from shenbao_documents.api.schemas import ContentQuery, PrintOut, PrintPage, PrintsQuery, SheetIn
from shenbao_documents.api.sheets import claims_of
from shenbao_documents.domain.forms import sheet_of
from shenbao_documents.domain.policies import MEDIA_TYPES
from shenbao_documents.models import Print

blp = Blueprint("prints", __name__, url_prefix="/v1/prints", description="Official forms as PDF/A.")


@blp.post("")
@blp.arguments(SheetIn)
@blp.response(201, PrintOut)
def make(body: dict[str, Any]) -> Print:
    """Print a form from a sheet that applications signed."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT, Kind.PERSON, Kind.OFFICE)
    sheet = sheet_of(claims_of(body["sheet"]))
    with transaction() as session:
        return prints.make(session, sheet, actor=who, press=parts().press)


@blp.get("")
@blp.arguments(PrintsQuery, location="query")
@blp.response(200, PrintPage)
def index(query: dict[str, Any]) -> Page[Print]:
    """Prints of an application, newest first, with those that are outdated marked."""
    with transaction() as session:
        return page(
            session,
            queries.prints_of(query["application_id"], actor()),
            by=[Print.id],
            after=query["after"],
            limit=query["limit"],
        )


@blp.get("/<uuid:print_id>/content")
@blp.arguments(ContentQuery, location="query")
def content(query: dict[str, Any], print_id: UUID) -> Response:
    """The PDF."""
    with transaction() as session:
        row = queries.print_of(session, print_id, actor())
    auditing.note_read(row.filler_id, subject=row.application_id)
    name = "-".join(part for part in (row.title, row.reference) if part) + ".pdf"
    return delivered(row.sha256, row.size, name=name, media_type=MEDIA_TYPES["pdf"], inline=query["inline"])
