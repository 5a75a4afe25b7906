"""Files of applications that a committee evaluates, opened by the slip of applications (docs/adr/0006)."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_documents.actions import files
from shenbao_documents.api.delivery import delivered
from shenbao_documents.models import File

blp = Blueprint("evaluated", __name__, url_prefix="/v1/evaluated-files", description="What committees evaluate.")

SLIP = "shenbao-evaluated-file+jwt"


class EvaluatedIn(Schema):
    """slip: of applications (POST /v1/evaluations), about the caller and one file."""

    slip = Text(4000, required=True)


@blp.post("")
@blp.arguments(EvaluatedIn)
def content(body: dict[str, Any]) -> Response:
    """The file; that its owner sees who opened it is kept. Its name, which may tell the applicant's, is not told."""
    who = actor()
    with transaction() as session:
        file = session.get(File, _document(body["slip"]))
        if file is None or file.deleted_at is not None:
            raise NotFound
        files.note_view(session, file, who, clock.now())
        name = files.nameless(file)
        return delivered(file.sha256, file.size, name=name, media_type=file.media_type, inline=True)


def _document(slip: str) -> UUID:
    try:
        said = service().keys_of("applications").verify(SLIP, slip)
    except Unauthenticated as wrong:
        code = "evaluation_slip_expired" if wrong.code == "token_expired" else "evaluation_slip_invalid"
        raise RuleBroken("invalid", Problem(code, "slip")) from wrong
    if said.get("account_id") != str(actor().account_id):
        raise RuleBroken("invalid", Problem("evaluation_slip_invalid", "slip"))
    return UUID(said["document_id"])
