"""Sittings as the committee's office prepares, opens and closes them."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotAllowed
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery
from shenbao_common.web.service import service
from shenbao_review.actions import ballots, minutes, sittings
from shenbao_review.api import sitting_answers as answers
from shenbao_review.api import sitting_schemas as schemas
from shenbao_review.domain.decision import ASSIGN
from shenbao_review.models import Sitting
from shenbao_review.queries import committees as committee_queries
from shenbao_review.queries import sittings as queries

blp = Blueprint("sittings", __name__, url_prefix="/v1", description="Sittings of committees.")

MINUTES = "shenbao-minutes+jwt"
_SECONDS = 600


@blp.post("/committees/<uuid:committee_id>/sittings")
@blp.arguments(schemas.SittingIn)
@blp.response(201, schemas.SittingOut)
def plan(body: dict[str, Any], committee_id: UUID) -> dict[str, Any]:
    """Plan a sitting about cases that wait for the committee."""
    body_id, ids = _chief(), list(dict.fromkeys(body.pop("ids")))
    with transaction() as session:
        committee = committee_queries.committee_of(session, committee_id, body_id)
        return answers.whole(session, sittings.plan(session, committee, sittings.Plan(**body), ids))


@blp.get("/sittings")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.SittingsOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """The sittings of the caller's office, the latest first."""
    body_id = _chief()
    with transaction() as session:
        found = queries.sittings_page(session, body_id, **query)
    return {"items": found.items, "next": found.next}


@blp.get("/sittings/<uuid:sitting_id>")
@blp.response(200, schemas.SittingOut)
def show(sitting_id: UUID) -> dict[str, Any]:
    """A sitting with its members, candidates and counts."""
    body_id = _chief()
    with transaction() as session:
        return answers.whole(session, queries.sitting_of(session, sitting_id, body_id))


@blp.post("/sittings/<uuid:sitting_id>/cases")
@blp.arguments(schemas.CasesIn)
@blp.response(200, schemas.SittingOut)
def add_cases(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """Further candidates."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        sittings.add_cases(session, sitting, list(dict.fromkeys(body["ids"])))
        return answers.whole(session, sitting)


@blp.post("/sittings/<uuid:sitting_id>/members")
@blp.arguments(schemas.MembersIn)
@blp.response(200, schemas.SittingOut)
def assign(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """Name members; one with a conflict is refused with its code (B-05)."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        sittings.assign(session, sitting, body["expert_ids"])
        return answers.whole(session, sitting)


@blp.post("/sittings/<uuid:sitting_id>/draw")
@blp.arguments(schemas.DrawIn)
@blp.response(200, schemas.SittingOut)
def draw(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """Draw members by lot from who serves, knows the specialty and has no conflict."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        sittings.draw(session, sitting, body["number"], body["specialty"], _now())
        return answers.whole(session, sitting)


@blp.put("/sittings/<uuid:sitting_id>/attendance")
@blp.arguments(schemas.AttendanceIn)
@blp.response(200, schemas.SittingOut)
def attend(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """Who is there, and who chairs."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        sittings.attend(session, sitting, set(body["expert_ids"]), body["chair_id"])
        return answers.whole(session, sitting)


@blp.post("/sittings/<uuid:sitting_id>/ballot")
@blp.response(200, schemas.SittingOut)
def open_ballot(sitting_id: UUID) -> dict[str, Any]:
    """Open the ballot; refused without the quorum (B-04)."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        ballots.open_first(session, sitting, _now())
        return answers.whole(session, sitting)


@blp.post("/sittings/<uuid:sitting_id>/close")
@blp.response(200, schemas.SittingOut)
def close(sitting_id: UUID) -> dict[str, Any]:
    """End the round and count; of two who close at once one is told that it is over."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        ballots.close(session, sitting, _now())
        return answers.whole(session, sitting)


@blp.post("/sittings/<uuid:sitting_id>/second-round")
@blp.response(200, schemas.SittingOut)
def open_second(sitting_id: UUID) -> dict[str, Any]:
    """One further round about those who are equal at the cap of the seats."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        ballots.open_second(session, sitting)
        return answers.whole(session, sitting)


@blp.post("/sittings/<uuid:sitting_id>/cancellation")
@blp.response(200, schemas.SittingOut)
def cancel(sitting_id: UUID) -> dict[str, Any]:
    """It does not take place; its cases wait for another one."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        sittings.cancel(session, sitting)
        return answers.whole(session, sitting)


@blp.put("/sittings/<uuid:sitting_id>/minutes")
@blp.arguments(schemas.MinutesIn)
@blp.response(200, schemas.SittingOut)
def write(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """What the secretary adds to the minutes in words."""
    with transaction() as session:
        sitting = _held(session, sitting_id)
        minutes.write(sitting, body["text"])
        return answers.whole(session, sitting)


@blp.get("/sittings/<uuid:sitting_id>/minutes")
@blp.response(200, schemas.MinutesOut)
def read(sitting_id: UUID) -> dict[str, Any]:
    """The minutes as they are signed."""
    body_id = _chief()
    with transaction() as session:
        return answers.minutes(session, queries.sitting_of(session, sitting_id, body_id))


@blp.get("/sittings/<uuid:sitting_id>/minutes/slip")
@blp.response(200, schemas.SlipOut)
def sign_off(sitting_id: UUID) -> dict[str, str]:
    """What the chair signed, as a slip with which documents makes a PDF of it."""
    body_id = _chief()
    with transaction() as session:
        said = minutes.signed_content(session, queries.sitting_of(session, sitting_id, body_id))
    claims = {"account_id": str(actor_of(Kind.OFFICE).account_id), "minutes": said}
    return {"slip": service().signer.sign(MINUTES, claims, seconds=_SECONDS)}


@blp.get("/sittings/<uuid:sitting_id>/recount")
@blp.response(200, schemas.RecountOut)
def recount(sitting_id: UUID) -> dict[str, Any]:
    """Count the stored slips again."""
    body_id = _chief()
    with transaction() as session:
        return {"rounds": ballots.recount(session, queries.sitting_of(session, sitting_id, body_id))}


def _held(session: Session, sitting_id: UUID) -> Sitting:
    return queries.sitting_of(session, sitting_id, _chief(), held=True)


def _chief() -> UUID:
    """The office of who distributes its work: the committee's secretary."""
    caller = actor_of(Kind.OFFICE)
    caller.require(ASSIGN)
    if caller.organisation_id is None:
        raise NotAllowed("wrong_kind_of_account")
    return caller.organisation_id


def _now() -> Any:
    return current_app.extensions["clock"]()
