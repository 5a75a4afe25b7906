"""Sharing the queue of an office: claim, release, look."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_review.actions import claims
from shenbao_review.api.cases import whole
from shenbao_review.api.schemas import CaseOut
from shenbao_review.queries import cases

blp = Blueprint("claims", __name__, url_prefix="/v1/cases/<uuid:application_id>", description="Sharing a queue.")


@blp.post("/claim")
@blp.response(200, CaseOut)
def claim(application_id: UUID) -> dict[str, Any]:
    """Claim a case that waits for the caller's office: nobody else decides it until it is released (B-09)."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        case = cases.case_to_change(session, application_id, caller)
        claims.claim(session, case, caller, current_app.extensions["clock"]())
        session.flush()
        return whole(session, case)


@blp.post("/release")
@blp.response(200, CaseOut)
def release(application_id: UUID) -> dict[str, Any]:
    """Put a case back in the pool: one's own claim, or with the tick `review.assign` anybody's."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        case = cases.case_to_change(session, application_id, caller)
        claims.release(session, case, caller)
        session.flush()
        return whole(session, case)


@blp.post("/view")
@blp.response(200, CaseOut)
def view(application_id: UUID) -> dict[str, Any]:
    """Remember that the caller has seen the case as it is now, and answer it."""
    caller = actor_of(Kind.OFFICE)
    with transaction() as session:
        case = cases.case_of(session, application_id, caller)
        claims.look(session, [case], caller)
        return whole(session, case)
