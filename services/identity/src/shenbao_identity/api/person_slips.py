"""Who a person is, as a slip that the person hands to another service (docs/adr/0006)."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, Unauthenticated
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema
from shenbao_common.web.service import service
from shenbao_identity.domain.persons import CITIZEN, DETAILS, told_by_number
from shenbao_identity.models import Account

blp = Blueprint("person_slips", __name__, url_prefix="/v1/me", description="Slips about the own person.")

PERSON = "shenbao-person+jwt"
PROFILE = "shenbao-profile+jwt"
_SECONDS = 600


class PersonSlipOut(Schema):
    """slip: says name and masked number for ten minutes."""

    slip = ma.fields.String()


@blp.post("/person-slips")
@blp.response(201, PersonSlipOut)
def make() -> dict[str, Any]:
    """Tells a service which the person chooses who the person is; refuses `name_unknown`."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        account = session.get(Account, who.account_id)
        if account is None:
            raise Unauthenticated("token_invalid")
        name, number = account.personal.get("name"), str(account.personal.get("id_number") or "")
    if not name:
        raise Conflict("name_unknown")
    shown = f"{number[0]}*****{number[-1]}" if len(number) > 2 else ""
    said = {"account_id": str(account.id), "name": name, "id_number": shown}
    return {"slip": service().signer.sign(PERSON, said, seconds=_SECONDS)}


class ProfileSlipOut(Schema):
    """slip: says what the personal centre tells of its holder for ten minutes."""

    slip = ma.fields.String()


@blp.post("/profile-slips")
@blp.response(201, ProfileSlipOut)
def make_profile() -> dict[str, Any]:
    """The details that a form begins with, the number in full, for a service that the person chooses.

    verified: a provider vouched for name and number. Whoever registered with a number of somebody else says so too,
    so nothing that is on record under a number may be shown by a slip without it.
    """
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        account = session.get(Account, who.account_id)
        if account is None:
            raise Unauthenticated("token_invalid")
        told = {name: account.personal[name] for name in DETAILS if account.personal.get(name)}
        verified = account.verified
        id_type, number = told.get("id_type", CITIZEN), told.get("id_number", "")
    told |= told_by_number(id_type, number, today=clock.office_day(clock.now()))
    if not told.get("name"):
        raise Conflict("name_unknown")
    said = {"account_id": str(who.account_id), "verified": verified, **told}
    return {"slip": service().signer.sign(PROFILE, said, seconds=_SECONDS)}
