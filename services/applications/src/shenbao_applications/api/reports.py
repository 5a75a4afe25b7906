"""Reporting: the act that freezes an application and sends it on its route."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_applications.actions import reports
from shenbao_applications.api import presenting, pretest, schemas
from shenbao_applications.api.applications import desk, results_of
from shenbao_applications.queries import packs
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import tagged

blp = Blueprint("reports", __name__, url_prefix="/v1/applications", description="Reporting applications.")


@blp.post("/reports")
@blp.arguments(schemas.ReportsIn)
@blp.response(200, schemas.ResultsOut)
def report_many(body: dict[str, Any]) -> Mapping[str, Any]:
    """Report ticked applications, for the first time or again, with operator and telephone (S4g-18)."""
    actor_with("application.report")
    ids = list(dict.fromkeys(body.pop("ids")))
    with transaction() as session:
        results = reports.report_many(session, ids, body, desk=desk())
    return {"results": results_of(results, done="reported")}


@blp.post("/<uuid:application_id>/report")
@blp.arguments(schemas.ReportIn)
@blp.response(200, schemas.ApplicationItemOut)
def report(body: dict[str, Any], application_id: UUID) -> Mapping[str, Any]:
    """Report one application; refuses with everything that is still missing.

    Answers its line of the list: the answer is kept for a repeat, and what was filled in is not to be kept with it.
    """
    slip = body.pop("face")
    face_id = UUID(pretest.faced(slip, "submission")["face_id"]) if slip else None
    with transaction() as session:
        row = reports.report(session, application_id, body, desk=desk(), face_id=face_id)
        return presenting.item(tagged(row), packs.of(session, row), actor())
