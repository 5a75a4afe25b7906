"""The signed minutes of a committee's sitting as PDF, by the slip of review; signed again with the suite's seal."""

from datetime import UTC
from typing import Any

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotFound, Problem, RuleBroken, Unauthenticated
from shenbao_common.web.auth import actor_of
from shenbao_common.web.schema import Schema
from shenbao_common.web.service import service
from shenbao_documents.api.delivery import disposition
from shenbao_documents.api.parts import parts
from shenbao_documents.domain.policies import MEDIA_TYPES
from shenbao_documents.providers.typesetting import MissingGlyphs

blp = Blueprint("minutes", __name__, url_prefix="/v1/minutes", description="Minutes of sittings; not kept.")

MINUTES = "shenbao-minutes+jwt"
TITLE = "评审会议纪要"


class MinutesIn(Schema):
    """minutes: the slip by which review says what was signed (GET /v1/sittings/{id}/minutes/slip)."""

    minutes = ma.fields.String(required=True, validate=validate.Length(min=1, max=400_000))


@blp.post("")
@blp.arguments(MinutesIn)
def make(body: dict[str, str]) -> Response:
    """The minutes as PDF/A, with a PAdES signature where the deployment has a seal."""
    who, made = actor_of(Kind.OFFICE), parts()
    said = _said(body["minutes"])
    if said.get("account_id") != str(who.account_id):
        raise NotFound
    try:
        pdf = made.typesetter.minutes(said["minutes"], made_at=clock.now().astimezone(UTC).replace(microsecond=0))
    except MissingGlyphs as missing:
        lacking = [Problem("glyph_missing", "minutes", {"character": c}) for c in missing.characters]
        raise RuleBroken("invalid", *lacking) from missing
    signer = made.signer
    response = Response(signer.signed(pdf, reason=TITLE) if signer else pdf, mimetype=MEDIA_TYPES["pdf"])
    response.headers["Content-Disposition"] = disposition(f"{TITLE}.pdf", inline=True)
    return response


def _said(slip: str) -> dict[str, Any]:
    try:
        return service().keys_of("review").verify(MINUTES, slip)
    except Unauthenticated as refusal:
        raise RuleBroken("invalid", Problem(refusal.code.replace("token", "minutes"), "minutes")) from refusal
