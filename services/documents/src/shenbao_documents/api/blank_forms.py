"""Forms with nothing filled in, printed by the slip of applications (S4a-10)."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_documents.actions import prints
from shenbao_documents.api.delivery import disposition
from shenbao_documents.api.parts import parts
from shenbao_documents.api.schemas import SheetIn
from shenbao_documents.api.sheets import claims_of
from shenbao_documents.domain.forms import BLANK, blank_of
from shenbao_documents.domain.policies import MEDIA_TYPES

blp = Blueprint("blank_forms", __name__, url_prefix="/v1/blank-forms", description="Forms of nobody; not kept.")


@blp.post("")
@blp.arguments(SheetIn)
def make(body: dict[str, Any]) -> Response:
    """The form as PDF/A, without watermark, number and code, to be filled in by hand."""
    actor()
    sheet = blank_of(claims_of(body["sheet"], BLANK))
    with transaction() as session:
        title, pdf = prints.blank(session, sheet, parts().press)
    response = Response(pdf, mimetype=MEDIA_TYPES["pdf"])
    response.headers["Content-Disposition"] = disposition(f"{title}.pdf", inline=True)
    return response
