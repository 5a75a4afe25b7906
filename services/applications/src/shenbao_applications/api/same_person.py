"""Which applications are by the same person: what tells one's own second use of evidence from somebody else's."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_applications.queries import applications
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("same_person", __name__, url_prefix="/v1/applications", description="Applications of one person.")

MOST = 100


class AskedIn(Schema):
    """ids: of applications that something was found in."""

    ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, MOST))


@blp.post("/<uuid:application_id>/same-person")
@blp.arguments(AskedIn)
@blp.alt_response(200, schema=ma.Schema.from_dict({"ids": ma.fields.List(ma.fields.UUID())}, name="SamePersonOut"))
def same_person(body: dict[str, Any], application_id: UUID) -> dict[str, list[str]]:
    """For an office that reads this application: those of the given ones whose applicant is the same person (B-14)."""
    who = actor()
    if who.kind is not Kind.OFFICE:
        raise NotAllowed("wrong_kind_of_account")
    with transaction() as session:
        row = applications.application_of(session, application_id, who)
        return {"ids": [str(found) for found in applications.of_same_person(session, row, body["ids"])]}
