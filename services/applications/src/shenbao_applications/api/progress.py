"""How far an application has come."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_applications.api import schemas
from shenbao_applications.domain import progress as rules
from shenbao_applications.queries import applications, packs, progress
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction

blp = Blueprint("progress", __name__, url_prefix="/v1/applications", description="The way of an application so far.")


class PassedOut(schemas.NamedOut):
    """key: information_saved, materials_saved, or that of a step. result: saved, reported, or the step's state.

    Opinions are review's to tell (GET /v1/cases/{id}/log).
    """

    key = ma.fields.String()
    round = ma.fields.Integer()
    organisation_name = ma.fields.String()
    result = ma.fields.String()
    at = ma.fields.AwareDateTime(allow_none=True)


class ProgressOut(ma.Schema):
    """Every stage passed, in order; the step now open is the last, without a time."""

    items = ma.fields.List(ma.fields.Nested(PassedOut))


@blp.get("/<uuid:application_id>/progress")
@blp.response(200, ProgressOut)
def show(application_id: UUID) -> Mapping[str, Any]:
    """What was saved, reported and decided, and where it is now (S0-32)."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        pack = packs.of(session, row)
        return {"items": rules.lines(progress.of(session, row), pack.document)}
