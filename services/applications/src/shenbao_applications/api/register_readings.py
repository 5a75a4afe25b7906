"""Reading the registers again for a form that is being filled in (S2-25)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_applications.actions import analyses, drafts, registered
from shenbao_applications.api import pretest, pretest_schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.queries import applications, packs
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import own_transaction, transaction

blp = Blueprint("register-readings", __name__, url_prefix="/v1/applications", description="Reading registers again.")


@blp.post("/<uuid:application_id>/register-readings")
@blp.arguments(pretest_schemas.ReadAgainIn)
@blp.response(200, pretest_schemas.ReadAgainOut)
def read_again(body: dict[str, Any], application_id: UUID) -> Mapping[str, Any]:
    """Replace typed or recognised values by what the registers say now; takes a face authentication, once."""
    who = actor_of(Kind.PERSON)
    with own_transaction() as session:
        row = applications.application_to_change(session, application_id, who)
        pack = packs.of(session, row)
        if not pack.document.get("analysis"):
            raise NotFound
        drafts.ensure_editable(row, pack, who)
        asked = analyses.asked_by(pack, row.sections)
        person = pretest.faced(body["face"], "shared_data")
        face_id, purpose = UUID(person["face_id"]), f"form:{row.programme}"
        analyses.begin(session, face_id, row.version_id, asked, purpose=purpose, desk=desk())
    told = analyses.read(current_app.extensions["registers"], analyses.person_of(person), asked)
    result = analyses.conclude(pack, person, asked, told, today=office_day(now()))
    with transaction() as session:
        analyses.note(session, face_id, told, result)
        row = applications.application_to_change(session, application_id, who)
        replaced = registered.fill(row, pack, result)
        if replaced:
            drafts.store(session, row, pack, desk=desk())
    return {"replaced": replaced, "away": result["away"]}
