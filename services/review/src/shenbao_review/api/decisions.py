"""Decisions on one case, or on many at once."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_common.kernel.actor import Kind
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match
from shenbao_review.actions import claims, decisions
from shenbao_review.actions.decisions import Verdict
from shenbao_review.api.cases import whole
from shenbao_review.api.schemas import BatchIn, BatchOut, CaseOut, DecisionIn
from shenbao_review.domain.decision import Item
from shenbao_review.domain.states import Action
from shenbao_review.queries import cases

blp = Blueprint("decisions", __name__, url_prefix="/v1", description="Deciding steps.")


@blp.post("/cases/<uuid:application_id>/decisions")
@blp.arguments(DecisionIn)
@blp.response(200, CaseOut)
def decide(body: dict[str, Any], application_id: UUID) -> dict[str, Any]:
    """Decides one open step; demands If-Match, so that nobody decides what they have not seen.

    Who comes after a colleague of the same office is told who decided, and when.
    """
    caller = actor()
    with transaction() as session:
        case = cases.case_to_change(session, application_id, caller)
        claims.ensure_first(case, caller, body["step_id"])
        ensure_match(case)
        decisions.decide(session, case, body["step_id"], _verdict(body))
        return whole(session, case)


@blp.post("/decisions")
@blp.arguments(BatchIn)
@blp.response(200, BatchOut)
def decide_all(body: dict[str, Any]) -> dict[str, Any]:
    """Decides the caller's open step in each of the cases; each has its own result."""
    actor_of(Kind.OFFICE, Kind.UNIT)
    with transaction() as session:
        return {"results": decisions.decide_all(session, body["ids"], _verdict(body), body["versions"])}


def _verdict(body: dict[str, Any]) -> Verdict:
    now = current_app.extensions["clock"]()
    items = [Item(**line) for line in body.get("items", ())]
    action, score = Action(body["action"]), body.get("score")
    return Verdict(actor=actor(), action=action, opinion=body["opinion"], now=now, items=items, score=score)
