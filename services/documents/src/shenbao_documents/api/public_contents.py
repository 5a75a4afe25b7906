"""For anybody: the attachments of what authorities publish, by a slip that applications signs while it is visible."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.kernel.errors import Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_documents import queries
from shenbao_documents.actions import files
from shenbao_documents.api.delivery import delivered
from shenbao_documents.api.throttled import ensure_not_too_often

blp = Blueprint("public-contents", __name__, url_prefix="/v1", description="For anybody: published files.")

SLIP = "shenbao-attachment+jwt"


class SlipIn(Schema):
    """slip: that of an attachment, as GET /v1/public/publications/{id} of applications gives it."""

    slip = Text(4000, required=True)


@blp.before_request
def _ensure_not_too_often() -> None:
    ensure_not_too_often("public-contents")


@blp.post("/public-contents")
@public
@blp.arguments(SlipIn)
@blp.response(200)
def content(body: dict[str, Any]) -> Response:
    """The file that the slip names."""
    try:
        said = service().keys_of("applications").verify(SLIP, body["slip"])
    except Unauthenticated as refusal:
        raise RuleBroken("invalid", Problem("slip_invalid", "slip")) from refusal
    with transaction() as session:
        file = queries.published_file_of(session, UUID(said["document_id"]))
    name = files.full_name(file)
    return delivered(file.sha256, file.size, name=name, media_type=file.media_type, inline=False)
