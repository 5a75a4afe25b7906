"""Who acts for a unit: several officers, a hand-over, and the way back for a unit that has lost its officer."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import ensure
from shenbao_common.kernel.identifiers import WrongIdentifier
from shenbao_common.web.auth import actor_of, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_units.actions import officers
from shenbao_units.actions.officers import Asker, Decision
from shenbao_units.api.people_schemas import (
    OfficerDecisionIn,
    OfficerPage,
    OfficerRequestIn,
    OfficerRequestOut,
    OfficerRequestPage,
    OfficerRequestStateOut,
)
from shenbao_units.api.slips import Slips
from shenbao_units.domain.officers import RequestState
from shenbao_units.domain.registration import read_code
from shenbao_units.models import Officer, OfficerRequest
from shenbao_units.queries import officers as officer_queries

blp = Blueprint("officers", __name__, url_prefix="/v1", description="Who acts for a unit.")


@blp.get("/officers")
@blp.arguments(PageQuery, location="query")
@blp.response(200, OfficerPage)
def list_officers(query: dict[str, Any]) -> Page[Officer]:
    """Present and former officers of the own unit."""
    who = _officer()
    with transaction() as session:
        return officer_queries.officers(session, who.unit_id, **query)


@blp.delete("/officers/<uuid:account_id>")
@blp.response(204)
def dismiss(account_id: UUID) -> ResponseReturnValue:
    """Ends what an officer of the own unit may do; one has to stay."""
    who = _officer()
    with transaction() as session:
        row = officer_queries.officer_to_change(session, who.unit_id, account_id)
        officer_queries.ensure_acting(session, who.account_id)
        ensure_match(row)
        officers.dismiss(session, row, actor=who, now=clock.now())
    return ""


@blp.post("/officer-requests")
@public
@blp.arguments(OfficerRequestIn)
@blp.response(201, OfficerRequestStateOut)
def ask(body: dict[str, Any]) -> OfficerRequest:
    """Asks to act for a unit; the answer is the same where there is no such unit."""
    slips = Slips()
    ticket = slips.ticket(body["ticket"], "ticket", kind=Kind.UNIT)
    receipt, owner = body["letter_receipt"], ticket.account_id if ticket else None
    letter = slips.letter(receipt, "letter_receipt", owner=owner) if receipt else None
    try:
        code = read_code(body["code"]).organisation_code
    except WrongIdentifier as wrong:
        slips.problems.append(wrong.problem("code"))
    ensure(slips.problems)
    if owner is None:
        raise AssertionError("a ticket that is right names an account")
    asker = Asker(account_id=owner, name=body["name"], mobile=body["mobile"], letter_id=letter)
    with transaction() as session:
        return officers.ask(session, asker, org_code=code, department_id=body["department_id"], now=clock.now())


@blp.get("/officer-requests/mine")
@blp.response(200, OfficerRequestStateOut)
def show_mine() -> OfficerRequest:
    """What became of the own request."""
    who = actor_of(Kind.REGISTRANT, Kind.UNIT)
    with transaction() as session:
        return officer_queries.request_of(session, who.account_id)


@blp.get("/officer-requests")
@blp.arguments(PageQuery, location="query")
@blp.response(200, OfficerRequestPage)
def list_requests(query: dict[str, Any]) -> Page[OfficerRequest]:
    """What waits for the own unit; for an office: with a sealed letter, of the units under it."""
    who = _decider()
    with transaction() as session:
        return officer_queries.waiting(session, who, **query)


@blp.get("/officer-requests/<uuid:request_id>")
@blp.response(200, OfficerRequestOut)
def show(request_id: UUID) -> OfficerRequest:
    """One request that waits, or waited, for the caller."""
    who = _decider()
    with transaction() as session:
        return tagged(officer_queries.request_for(session, who, request_id))


@blp.put("/officer-requests/<uuid:request_id>/decision")
@blp.arguments(OfficerDecisionIn)
@blp.response(200, OfficerRequestOut)
def decide(body: dict[str, Any], request_id: UUID) -> OfficerRequest:
    """Lets the asker act for the unit, or refuses with a reason."""
    who = _decider()
    decision = Decision(approve=body["state"] is RequestState.APPROVED, way=body["way"], reason=body["reason"])
    with transaction() as session:
        row = officer_queries.request_for(session, who, request_id, held=True)
        officer_queries.ensure_acting(session, who.account_id)
        ensure_match(row)
        return tagged(officers.decide(session, row, decision, actor=who, now=clock.now()))


def _officer() -> Actor:
    who = actor_of(Kind.UNIT)
    who.require("unit.manage")
    return who


def _decider() -> Actor:
    """An officer of the unit, or somebody of its supervising department who decides there."""
    who = actor_of(Kind.UNIT, Kind.OFFICE)
    who.require("unit.manage" if who.kind is Kind.UNIT else "review.decide")
    return who
