"""Sittings as their members see them: the own ballot, the vote, the signature of the chair."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_common.web.auth import actor
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import PageQuery
from shenbao_common.web.service import service
from shenbao_review.actions import ballots, minutes
from shenbao_review.api import sitting_answers as answers
from shenbao_review.api import sitting_schemas as schemas
from shenbao_review.queries import agendas
from shenbao_review.queries import sittings as queries

blp = Blueprint("ballots", __name__, url_prefix="/v1/ballots", description="Voting in a sitting.")

EVALUATION = "shenbao-evaluation+jwt"
_SECONDS = 600


@blp.get("")
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.SeatsOut)
def index(query: dict[str, Any]) -> dict[str, Any]:
    """The sittings in which the caller sits, the latest first."""
    caller = actor()
    with transaction() as session:
        found = queries.seats_page(session, caller.account_id, **query)
        known = queries.sittings_known(session, [seat.sitting_id for seat in found.items])
        return {"items": [answers.seat(known[s.sitting_id], s) for s in found.items], "next": found.next}


@blp.get("/<uuid:sitting_id>")
@blp.response(200, schemas.BallotOut)
def show(sitting_id: UUID) -> dict[str, Any]:
    """The caller's ballot: every candidate but those from whom the caller is recused (B-05)."""
    caller = actor()
    with transaction() as session:
        member = queries.seat_of(session, sitting_id, caller.account_id)
        return answers.ballot(session, queries.sitting_known(session, sitting_id), member)


@blp.get("/<uuid:sitting_id>/applications/<uuid:application_id>/slip")
@blp.response(200, schemas.SlipOut)
def evaluate(sitting_id: UUID, application_id: UUID) -> dict[str, str]:
    """A slip with which the caller reads one application of the agenda, in applications (docs/adr/0006)."""
    caller = actor()
    with transaction() as session:
        member = queries.seat_of(session, sitting_id, caller.account_id)
        sitting = queries.sitting_known(session, sitting_id)
        point = agendas.point_of(session, sitting, member, application_id)
    claims = {
        "account_id": str(caller.account_id),
        "application_id": str(application_id),
        "sitting_id": str(sitting_id),
        "step_key": point.step_key,
    }
    return {"slip": service().signer.sign(EVALUATION, claims, seconds=_SECONDS)}


@blp.put("/<uuid:sitting_id>")
@blp.arguments(schemas.VoteIn)
@blp.response(200, schemas.VotedOut)
def vote(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """Cast the whole ballot, once. No POST: what is kept of an idempotency key would join voter and choices."""
    caller = actor()
    with transaction() as session:
        sitting = queries.sitting_shared(session, queries.seat_of(session, sitting_id, caller.account_id).sitting_id)
        member = queries.seat_of(session, sitting_id, caller.account_id, held=True)
        ballots.vote(session, sitting, member, body["choices"], number=body["round"])
        return {"voted": True}


@blp.post("/<uuid:sitting_id>/recusals")
@blp.arguments(schemas.RecusalIn)
@blp.response(200, schemas.BallotOut)
def recuse(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """Declare a conflict with a candidate, before voting."""
    caller = actor()
    with transaction() as session:
        sitting = queries.sitting_shared(session, queries.seat_of(session, sitting_id, caller.account_id).sitting_id)
        member = queries.seat_of(session, sitting_id, caller.account_id, held=True)
        ballots.recuse(session, sitting, member, body["application_id"])
        session.flush()
        return answers.ballot(session, sitting, member)


@blp.get("/<uuid:sitting_id>/minutes")
@blp.response(200, schemas.MinutesOut)
def read(sitting_id: UUID) -> dict[str, Any]:
    """The minutes, once the ballot is over."""
    caller = actor()
    with transaction() as session:
        queries.seat_of(session, sitting_id, caller.account_id)
        return answers.minutes(session, queries.sitting_known(session, sitting_id))


@blp.post("/<uuid:sitting_id>/signature")
@blp.arguments(schemas.SignatureIn)
@blp.response(200, schemas.MinutesOut)
def sign(body: dict[str, Any], sitting_id: UUID) -> dict[str, Any]:
    """The chair signs the minutes as read; with that the results count."""
    caller, now = actor(), current_app.extensions["clock"]()
    with transaction() as session:
        member = queries.seat_of(session, sitting_id, caller.account_id)
        sitting = queries.sitting_held(session, sitting_id)
        minutes.sign(session, sitting, member, body["content_hash"], now)
        return answers.minutes(session, sitting)
