"""Registration without a code in four steps, and the manual review of registrations (S1-02 to S1-08)."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import ensure
from shenbao_common.web.auth import actor_of, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_units.actions import registration_cases
from shenbao_units.api.registration_schemas import (
    CaseDecisionIn,
    CaseOut,
    CasePage,
    OwnCaseOut,
    ProfileOut,
    SubmissionIn,
    UnitCheckIn,
)
from shenbao_units.api.slips import UNIT_CERTIFICATE, Slips
from shenbao_units.domain.profile import Profile
from shenbao_units.domain.registration_cases import CaseState, UnitCheck
from shenbao_units.models import RegistrationCase
from shenbao_units.queries import registrations as case_queries

PROFILE = "shenbao_units.registration_profile"
"""Where the app keeps what this installation asks of a unit that registers."""

blp = Blueprint("registration_cases", __name__, url_prefix="/v1", description="Registrations under manual review.")


def profile() -> Profile:
    found: Profile = current_app.extensions[PROFILE]
    return found


@blp.get("/registration-profile")
@public
@blp.response(200, ProfileOut)
def show_profile() -> Profile:
    """What a registration has to bring here, and the types of unit with their licences (S4b-03)."""
    return profile()


@blp.put("/registration-cases/mine")
@blp.arguments(UnitCheckIn)
@blp.response(200, OwnCaseOut)
def check(body: dict[str, Any]) -> RegistrationCase:
    """Step 2: the unit's information and the agreement; only who has passed step 1 gets here."""
    who = actor_of(Kind.REGISTRANT)
    slips = Slips()
    agent = slips.agent(body["agent"], "agent", account_id=who.account_id) if body["agent"] else None
    receipt = body["certificate_receipt"]
    scan = None
    if receipt:
        scan = slips.certificate(receipt, "certificate_receipt", owner=who.account_id, purposes=UNIT_CERTIFICATE)
    given = UnitCheck(
        account_id=who.account_id,
        can_provide=body["can_provide"],
        no_code_confirmed=body["no_code_confirmed"],
        department_id=body["department_id"],
        unit_name=body["unit_name"],
        certificate_number=body["certificate_number"],
        agreed=body["agreement_version"],
        certificate_id=scan,
    )
    with transaction() as session:
        return registration_cases.check(
            session, given, agent=agent, profile=profile(), found=slips.problems, now=clock.now()
        )


@blp.get("/registration-cases/mine")
@blp.response(200, OwnCaseOut)
def show_mine() -> RegistrationCase:
    """Where the own registration stands, and why it was refused."""
    who = actor_of(Kind.REGISTRANT)
    with transaction() as session:
        return case_queries.mine(session, who.account_id)


@blp.post("/registration-cases/mine/submission")
@blp.arguments(SubmissionIn)
@blp.response(201, OwnCaseOut)
def submit(body: dict[str, str]) -> RegistrationCase:
    """After step 3, the created user: hands the registration in for the manual review."""
    who = actor_of(Kind.REGISTRANT)
    slips = Slips()
    ticket = slips.ticket(body["ticket"], "ticket", kind=Kind.UNIT)
    if ticket and ticket.account_id != who.account_id:
        slips.refuse("ticket_invalid", "ticket")
    ensure(slips.problems)
    with transaction() as session:
        row = case_queries.mine(session, who.account_id, lock=True)
        return registration_cases.submit(session, row, now=clock.now())


@blp.get("/registration-cases")
@blp.arguments(PageQuery, location="query")
@blp.response(200, CasePage)
def list_waiting(query: dict[str, Any]) -> Page[RegistrationCase]:
    """Registrations that wait for the caller's bureau."""
    who = _bureau()
    with transaction() as session:
        return case_queries.waiting(session, who.organisation_id, **query)


@blp.put("/registration-cases/<uuid:case_id>/decision")
@blp.arguments(CaseDecisionIn)
@blp.response(200, CaseOut)
def decide(body: dict[str, Any], case_id: UUID) -> RegistrationCase:
    """Makes the unit, or refuses with a reason (S1-08)."""
    who = _bureau()
    with transaction() as session:
        row = case_queries.to_decide(session, who.organisation_id, case_id)
        ensure_match(row)
        approve = body["state"] is CaseState.APPROVED
        return tagged(registration_cases.decide(session, row, approve=approve, reason=body["reason"], now=clock.now()))


def _bureau() -> Actor:
    who = actor_of(Kind.OFFICE)
    who.require("review.decide")
    return who
