"""The certificate by which a unit lets somebody use its account (用人单位委托证明): printed, to be sealed by hand."""

from datetime import UTC
from typing import Any

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import actor_of, opens_first
from shenbao_common.web.schema import Schema, Text
from shenbao_common.web.service import service
from shenbao_documents.api.delivery import disposition
from shenbao_documents.api.parts import parts
from shenbao_documents.domain.policies import MEDIA_TYPES
from shenbao_documents.providers.typesetting import MissingGlyphs

blp = Blueprint("authorization_certificates", __name__, url_prefix="/v1", description="To be sealed; not kept.")

LETTER = "shenbao-letter+jwt"
TITLE = "用人单位委托证明"


class AuthorizationCertificateIn(Schema):
    """letter: the slip by which units says unit and user. account: the user name of the caller's account."""

    letter = ma.fields.String(required=True, validate=validate.Length(min=1, max=4000))
    account = Text(60, required=True)


@blp.post("/authorization-certificates")
@blp.arguments(AuthorizationCertificateIn)
@opens_first
def make(body: dict[str, str]) -> Response:
    """The certificate as PDF, filled in with unit, account and user (S1-10)."""
    who = actor_of(Kind.UNIT)
    said = _said(body["letter"])
    if said.get("account_id") != str(who.account_id):
        raise NotFound
    sheet = {name: str(said.get(name) or "") for name in ("unit_name", "user_name")} | {"account": body["account"]}
    try:
        pdf = parts().typesetter.authorization(sheet, made_at=clock.now().astimezone(UTC).replace(microsecond=0))
    except MissingGlyphs as missing:
        lacking = [Problem("glyph_missing", "letter", {"character": c}) for c in missing.characters]
        raise RuleBroken("invalid", *lacking) from missing
    response = Response(pdf, mimetype=MEDIA_TYPES["pdf"])
    response.headers["Content-Disposition"] = disposition(f"{TITLE}.pdf")
    return response


def _said(slip: str) -> dict[str, Any]:
    try:
        return service().keys_of("units").verify(LETTER, slip)
    except Unauthenticated as refusal:
        # The caller's own token is good, so this is no matter of signing in again.
        raise RuleBroken("invalid", Problem(refusal.code.replace("token", "letter"), "letter")) from refusal
