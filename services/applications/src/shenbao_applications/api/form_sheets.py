"""The forms of many applications as one slip, for documents to print while nobody waits."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_applications.api import operations
from shenbao_applications.api.sheets import ensure_printer, form_claims, form_of, signed
from shenbao_applications.models import Application
from shenbao_applications.queries import applications, packs
from shenbao_common.web import auditing
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema, Text

blp = Blueprint("form-sheets", __name__, url_prefix="/v1/applications", description="Many forms to be printed.")

AT_ONCE = 100


class FormsIn(Schema):
    """ids: in the order in which they are to be printed. kind: of the form."""

    ids = ma.fields.List(ma.fields.UUID(), required=True, validate=validate.Length(1, AT_ONCE))
    kind = Text(60, required=True)


class FormsOut(Schema):
    """sheet: for POST /v1/print-jobs/{id}/sheets of documents. skipped: without this form, or not to be printed now."""

    sheet = ma.fields.String()
    skipped = ma.fields.List(ma.fields.UUID())


@blp.post("/form-sheets")
@blp.arguments(FormsIn)
@blp.response(200, FormsOut)
def show(body: dict[str, Any]) -> Mapping[str, Any]:
    """The form of each that the caller may read and print now."""
    who = actor()
    ensure_printer(who)
    forms: dict[Any, dict[str, Any]] = {}
    read = []
    with transaction() as session:
        query = applications.readable(who).where(Application.id.in_(body["ids"]))
        for row in session.scalars(query):
            pack = packs.of(session, row)
            document = form_of(row, pack, body["kind"], who)
            if document is not None and operations.is_printable(row, pack, document):
                forms[row.id] = form_claims(row, pack, document)
                read.append((row.filler_id, row.id))
    auditing.note_reads(read)
    wanted = dict.fromkeys(body["ids"])
    claims = {"account_id": str(who.account_id), "kind": "forms", "forms": [forms[i] for i in wanted if i in forms]}
    return {**signed(claims), "skipped": [i for i in wanted if i not in forms]}
