"""Materials that are saved after the information, and what is on record of the applicant."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_applications.actions import staging
from shenbao_applications.api import operations, presenting, recognition_schemas, schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.queries import applications, packs, recognitions
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged

blp = Blueprint("staging", __name__, url_prefix="/v1/applications", description="Saving materials; history.")


@blp.put("/<uuid:application_id>/materials")
@blp.response(200, schemas.ApplicationItemOut)
def save_materials(application_id: UUID) -> Mapping[str, Any]:
    """Save the materials that were handed in: refuses with every one that is missing or has to be uploaded again."""
    with transaction() as session:
        row = applications.application_to_change(session, application_id, actor())
        ensure_match(row)
        staging.save_materials(session, row, desk=desk())
        session.flush()
        pack = packs.of(session, row)
        return {**presenting.item(tagged(row), pack, actor()), "operations": operations.of(row, pack, actor())}


@blp.get("/<uuid:application_id>/history")
@blp.response(200, recognition_schemas.HistoryOut)
def show_history(application_id: UUID) -> Mapping[str, Any]:
    """The recognition that it renews: in full where it was made through the unit of now, else in part (S0-16)."""
    with transaction() as session:
        row = applications.application_of(session, application_id, actor())
        recognition = recognitions.of_application(session, row)
        if recognition is None:
            raise NotFound
        terms = packs.of(session, row).document["renews"]
        return recognition_schemas.history(recognition, row.unit_id, terms)
