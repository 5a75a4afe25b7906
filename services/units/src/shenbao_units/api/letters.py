"""Authorization letters: the unit hands one in, its bureau decides; open before anything else is."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import ensure
from shenbao_common.web.auth import actor_of, opens_first
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_common.web.service import service
from shenbao_units import queries
from shenbao_units.actions import letters
from shenbao_units.api.letter_schemas import (
    LetterDecisionIn,
    LetterIn,
    LetterOut,
    LetterPage,
    LetterSlipOut,
    OwnLetterOut,
    UserIn,
    own_letter,
)
from shenbao_units.api.schemas import DepartmentPage, DepartmentQuery
from shenbao_units.api.slips import Slips
from shenbao_units.domain.letters import LetterState, masked
from shenbao_units.models import AuthorizationLetter, Organisation, Unit
from shenbao_units.queries import letters as letter_queries

blp = Blueprint("letters", __name__, url_prefix="/v1", description="Authorization letters.")

LETTER = "shenbao-letter+jwt"
_SECONDS = 600


@blp.get("/bureaus")
@blp.arguments(DepartmentQuery, location="query")
@blp.response(200, DepartmentPage)
@opens_first
def list_bureaus(query: dict[str, Any]) -> Page[Organisation]:
    """What a unit can be affiliated to, by name."""
    actor_of(Kind.UNIT)
    with transaction() as session:
        return letter_queries.bureaus(session, **query)


@blp.get("/units/mine/letter")
@blp.response(200, OwnLetterOut)
@opens_first
def show_own() -> dict[str, Any]:
    """Where the own unit's letter stands (S1-09, S1-11)."""
    who = _officer()
    with transaction() as session:
        unit = tagged(queries.unit(session, who.unit_id))
        return _own(session, unit, who)


@blp.put("/units/mine/letter")
@blp.arguments(LetterIn)
@blp.response(200, OwnLetterOut)
@opens_first
def submit(body: dict[str, Any]) -> dict[str, Any]:
    """Hands in the letter, or a new one after a rejection (S1-11, S1-12)."""
    who = _officer()
    slips = Slips()
    document_id = slips.letter(body["receipt"], "receipt", owner=who.account_id)
    ensure(slips.problems)
    if document_id is None:
        raise AssertionError("a receipt that is right names a document")
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        letters.submit(
            session,
            unit,
            affiliation_id=body["affiliation_id"],
            document_id=document_id,
            actor=who,
            now=clock.now(),
        )
        return _own(session, tagged(unit), who)


@blp.post("/units/mine/letter/slips")
@blp.response(201, LetterSlipOut)
@opens_first
def make_slip() -> dict[str, str]:
    """Tells documents in whose name the letter to be sealed is printed, and for whom (S1-10)."""
    who = _officer()
    with transaction() as session:
        unit = queries.unit(session, who.unit_id)
        user = letters.user_name(session, who.account_id)
        said = {"account_id": str(who.account_id), "unit_name": unit.name, "user_name": user}
    return {"slip": service().signer.sign(LETTER, said, seconds=_SECONDS)}


@blp.put("/units/mine/user")
@blp.arguments(UserIn)
@blp.response(200, OwnLetterOut)
@opens_first
def change_user(body: dict[str, str]) -> dict[str, Any]:
    """Names another user of the account, who needs a letter of their own (S1-17)."""
    who = _officer()
    with transaction() as session:
        unit = queries.unit_to_change(session, who.unit_id)
        ensure_match(unit)
        letters.change_user(session, unit, name=body["name"], actor=who, now=clock.now())
        return _own(session, tagged(unit), who)


@blp.get("/letters")
@blp.arguments(PageQuery, location="query")
@blp.response(200, LetterPage)
def list_waiting(query: dict[str, Any]) -> Page[AuthorizationLetter]:
    """Letters that wait for the caller's bureau."""
    who = _bureau()
    with transaction() as session:
        return letter_queries.waiting(session, who.organisation_id, **query)


@blp.put("/letters/<uuid:letter_id>/decision")
@blp.arguments(LetterDecisionIn)
@blp.response(200, LetterOut)
def decide(body: dict[str, Any], letter_id: UUID) -> AuthorizationLetter:
    """Approves a letter, or rejects it with a reason (S1-12)."""
    who = _bureau()
    approve = body["state"] is LetterState.APPROVED
    with transaction() as session:
        row = letter_queries.to_decide(session, who.organisation_id, letter_id)
        ensure_match(row)
        letters.decide(session, row, approve=approve, reason=body["reason"], actor=who, now=clock.now())
        return tagged(row)


def _own(session: Any, unit: Unit, who: Actor) -> dict[str, Any]:
    user = masked(letters.user_name(session, who.account_id))
    return own_letter(unit, letter_queries.latest(session, unit.id), user)


def _officer() -> Actor:
    who = actor_of(Kind.UNIT)
    who.require("unit.manage")
    return who


def _bureau() -> Actor:
    who = actor_of(Kind.OFFICE)
    who.require("review.decide")
    return who
