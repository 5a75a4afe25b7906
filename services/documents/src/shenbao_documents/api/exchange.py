"""Declaration data as a file: exported by who may print it, read by an office."""

from typing import Any

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint
from flask_smorest.fields import Upload

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_common.web.tokens import Keys
from shenbao_documents.actions.prints import ensure_may_print
from shenbao_documents.api import limits
from shenbao_documents.api.delivery import disposition
from shenbao_documents.api.schemas import SheetIn
from shenbao_documents.api.sheets import claims_of
from shenbao_documents.domain import exchange
from shenbao_documents.domain.forms import sheet_of

blp = Blueprint("exchange", __name__, url_prefix="/v1/exchange-files", description="Declarations as files.")
blp.before_request(limits.allow_tables)


class ExchangeIn(Schema):
    """The file part of the form."""

    file = Upload(required=True)


class FormVersionIn(Schema):
    """The form into which the declaration is to be taken."""

    programme = Text(100, required=True)
    version = ma.fields.Integer(required=True)


class DeclarationOut(Schema):
    """The declaration as it was exported."""

    programme = ma.fields.String()
    version = ma.fields.Integer()
    kind = ma.fields.String()
    reference = ma.fields.String()
    revision = ma.fields.Integer()
    sections = ma.fields.Dict()


@blp.post("")
@blp.arguments(SheetIn)
def export(body: dict[str, Any]) -> Response:
    """The file of a declaration, signed, so that a changed byte is seen."""
    who = actor_of(Kind.UNIT, Kind.SUB_ACCOUNT, Kind.OFFICE)
    sheet = sheet_of(claims_of(body["sheet"]))
    with transaction() as session:
        ensure_may_print(session, sheet, who)
    signed = service().signer.sign(exchange.KIND, exchange.content_of(sheet), seconds=exchange.LIFETIME)
    response = Response(signed, mimetype=exchange.MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition(f"{sheet.reference or sheet.application_id}.sbd")
    return response


@blp.post("/readings")
@blp.arguments(ExchangeIn, location="files")
@blp.arguments(FormVersionIn, location="form")
@blp.response(200, DeclarationOut)
def read(sent: dict[str, Any], form: dict[str, Any]) -> dict[str, Any]:
    """The declaration in a file; refuses a damaged one, and one of another form version naming both."""
    actor_of(Kind.OFFICE)
    text = sent["file"].stream.read(exchange.MOST_BYTES + 1).decode("ascii", "replace")
    if not exchange.is_as_written(text):
        raise exchange.damaged()
    try:
        content = Keys("documents", service().signer.published).verify(exchange.KIND, text)
    except Unauthenticated as wrong:
        raise exchange.damaged() from wrong
    return exchange.ensure_same_form(content, **form)
