"""Who a person is, as a slip that the person hands to another service (docs/adr/0006)."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict, Unauthenticated
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema
from shenbao_common.web.service import service
from shenbao_identity.models import Account

blp = Blueprint("person_slips", __name__, url_prefix="/v1/me", description="Slips about the own person.")

PERSON = "shenbao-person+jwt"
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
