"""Reconsideration, for the one who asks and the offices that decide (B-10)."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, NotFound
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery, Schema, Text
from shenbao_review.actions import reconsiderations
from shenbao_review.actions.decisions import Verdict
from shenbao_review.api.schemas import NameOut
from shenbao_review.domain.states import Action, ReconsiderationState, StepState
from shenbao_review.models import Reconsideration, ReconsiderationStep
from shenbao_review.queries import cases
from shenbao_review.queries import reconsiderations as queries

blp = Blueprint("reconsiderations", __name__, url_prefix="/v1", description="Reconsideration of a rejection.")

_TIME = ma.fields.AwareDateTime(format="iso", allow_none=True)
_TABS = {"open": (StepState.OPEN,), "all": ()}


class ReasonIn(Schema):
    """Why the rejection is wrong, in the applicant's words."""

    reason = Text(2000, required=True)


class ReconsiderationsQuery(PageQuery):
    """tab: what waits for the caller's office, or everything that has a step there."""

    tab = ma.fields.String(load_default="open", validate=validate.OneOf(list(_TABS)))


class ReconsiderationDecisionIn(Schema):
    """A pass leads on, and grants at the last step; a failure, with an opinion, leaves the rejection as it is."""

    step_id = ma.fields.UUID(required=True)
    action = ma.fields.String(required=True, validate=validate.OneOf([Action.PASS, Action.FAIL]))
    opinion = Text(2000, load_default=None, allow_none=True)


class ReconsiderationStepOut(Schema):
    step_id = ma.fields.UUID()
    step_key = ma.fields.String()
    name = ma.fields.Nested(NameOut)
    organisation_id = ma.fields.UUID()
    organisation_name = ma.fields.String()
    state = ma.fields.String(validate=validate.OneOf(list(StepState)))
    opinion = ma.fields.String(allow_none=True)
    decided_at = _TIME
    mine = ma.fields.Boolean()


class ReconsiderationOut(Schema):
    """open, granted or upheld: then the rejection stands. mine: the caller decides this step now."""

    reconsideration_id = ma.fields.UUID()
    application_id = ma.fields.UUID()
    reference = ma.fields.String()
    state = ma.fields.String(validate=validate.OneOf(list(ReconsiderationState)))
    reason = ma.fields.String()
    asked_at = _TIME
    last_day = ma.fields.Date()
    decided_at = _TIME
    steps = ma.fields.List(ma.fields.Nested(ReconsiderationStepOut))


class ReconsiderationsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(ReconsiderationOut))
    next = ma.fields.String(allow_none=True)


@blp.post("/cases/<uuid:application_id>/reconsideration")
@blp.arguments(ReasonIn)
@blp.response(201, ReconsiderationOut)
def ask(body: dict[str, Any], application_id: UUID) -> dict[str, Any]:
    """Ask for it, once, within the programme's working days after the rejection."""
    caller = actor_of(Kind.PERSON, Kind.UNIT, Kind.SUB_ACCOUNT)
    with transaction() as session:
        case = cases.case_to_change(session, application_id, caller)
        return _shown(reconsiderations.ask(session, case, body["reason"], actor=caller, now=_now()), caller)


@blp.get("/cases/<uuid:application_id>/reconsideration")
@blp.response(200, ReconsiderationOut)
def of_case(application_id: UUID) -> dict[str, Any]:
    """That of a case, for whoever reads the case, and for the offices that decide it."""
    caller = actor()
    with transaction() as session:
        found = queries.of_case(session, application_id)
        if found is None:
            raise NotFound
        if caller.organisation_id not in {step.body_id for step in found.steps}:
            cases.case_of(session, application_id, caller)
        return _shown(found, caller)


@blp.get("/reconsiderations")
@blp.arguments(ReconsiderationsQuery, location="query")
@blp.response(200, ReconsiderationsOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """Those of the caller's office, the latest first."""
    caller = actor_of(Kind.OFFICE)
    if caller.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    with transaction() as session:
        states = _TABS[query.pop("tab")]
        found = queries.page_of_office(session, caller.organisation_id, states, **query)
        return {"items": [_shown(one, caller) for one in found.items], "next": found.next}


@blp.post("/reconsiderations/<uuid:reconsideration_id>/decisions")
@blp.arguments(ReconsiderationDecisionIn)
@blp.response(200, ReconsiderationOut)
def decide(body: dict[str, Any], reconsideration_id: UUID) -> dict[str, Any]:
    """Decide the open step of the caller's office."""
    caller = actor_of(Kind.OFFICE)
    verdict = Verdict(actor=caller, action=Action(body["action"]), opinion=body["opinion"], now=_now())
    with transaction() as session:
        # The case first, as everybody who asks holds it, and then its reconsideration.
        asked = queries.of_office(session, reconsideration_id, caller.organisation_id)
        (case,) = cases.cases_to_change(session, [asked.application_id])
        asked = queries.of_office(session, reconsideration_id, caller.organisation_id, held=True)
        reconsiderations.decide(session, asked, case, body["step_id"], verdict)
        return _shown(asked, caller)


def _shown(found: Reconsideration, caller: Actor) -> dict[str, Any]:
    names = ("reconsideration_id", "application_id", "reference", "state", "reason", "asked_at", "last_day")
    shown = {name: getattr(found, name) for name in (*names, "decided_at")}
    return shown | {"steps": [_step(step, caller) for step in found.steps]}


def _step(step: ReconsiderationStep, caller: Actor) -> dict[str, Any]:
    return {
        "step_id": step.step_id,
        "step_key": step.key,
        "name": {"zh": step.name_zh, "en": step.name_en},
        "organisation_id": step.body_id,
        "organisation_name": step.body_name,
        "state": step.state,
        "opinion": step.opinion,
        "decided_at": step.decided_at,
        "mine": step.state == StepState.OPEN and step.body_id == caller.organisation_id,
    }


def _now() -> Any:
    return current_app.extensions["clock"]()
