"""Who registers a unit without a code: checked before anything else, and let back in while the registration waits."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Problem, RuleBroken, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_common.web.auth import public
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.errors import Unavailable
from shenbao_common.web.schema import Schema
from shenbao_identity.actions import credentials, sign_in, sms_codes
from shenbao_identity.actions.sign_in import Tried
from shenbao_identity.api import agent_slips, guard
from shenbao_identity.api.browser import settings
from shenbao_identity.api.person_schemas import ProvedMobileIn
from shenbao_identity.api.persons import code_is_right
from shenbao_identity.api.reservations import reserved
from shenbao_identity.api.schemas import CredentialsIn, Line
from shenbao_identity.domain import agents
from shenbao_identity.domain.persons import masked
from shenbao_identity.providers.real_name import RealName
from shenbao_identity.providers.upstream import ProviderFault

blp = Blueprint("agents", __name__, url_prefix="/v1", description="Agents of units that register.")


class AgentIn(ProvedMobileIn):
    """The mobile is proved by a code, which only a right image code sends."""

    name = Line(50, required=True)
    id_number = Line(30, required=True)
    ethnicity = Line(20, load_default="汉族")
    sex = ma.fields.String(required=True, validate=validate.OneOf(["男", "女"]))


class AgentOut(Schema):
    """agent: a slip for units and for the reservation. access_token: kind registrant, for the scan and step 2."""

    agent = ma.fields.String()
    access_token = ma.fields.String()
    expires_in = ma.fields.Integer()


class RegistrantIn(CredentialsIn):
    """The user that was created with the registration, which is not signed in yet."""


class RegistrantOut(Schema):
    ticket = ma.fields.String()
    access_token = ma.fields.String()
    expires_in = ma.fields.Integer()


@blp.post("/agent-checks")
@blp.arguments(AgentIn)
@blp.response(201, AgentOut)
@public
def check(body: dict[str, Any]) -> dict[str, Any]:
    """Step 1 of a registration without code: who acts, and whether the name is the number's (S1-03)."""
    agent = agents.Agent(**{name: body[name] for name in agents.Agent.__slots__})
    found = agents.problems(agent, today=clock.office_day(clock.now()))
    # The code serves once, so it is not used up by a form in which something else is wrong.
    ensure(found)
    ensure(sms_codes.problems(code_is_right(body, mobile=agent.mobile)))
    if not _is_the_numbers(agent):
        raise RuleBroken("invalid", Problem("name_not_of_number", "name"))
    account_id = uuid7()
    said = {"account_id": str(account_id), "name": agent.name, "ethnicity": agent.ethnicity, "sex": agent.sex}
    said |= {"mobile": agent.mobile, "id_number": masked("id_number", agent.id_number)}
    return {"agent": agent_slips.slip(said), **agent_slips.registrant(account_id)}


@blp.post("/registrant-tokens")
@blp.arguments(RegistrantIn)
@blp.response(200, RegistrantOut)
@public
def let_back_in(body: dict[str, Any]) -> dict[str, Any]:
    """For the user of a registration under review, or refused: its state and reason, and handing it in again."""
    now = clock.now()
    if not guard.image_is_right(body["image_code_id"], body["image_code"], now=now):
        raise RuleBroken("image_code_wrong", Problem("image_code_wrong", "image_code"))
    tried = Tried(username=body["username"], password=body["password"], entry="unit")
    with own_transaction() as session:
        key = credentials.tries_key(sign_in.tried_account(session, tried), tried.username)
    guard.count_sign_in(key, counted_address(), now=now)
    with transaction() as session:
        account = sign_in.registering(session, tried)
        if account is None:
            raise RuleBroken("sign_in_refused")
        return reserved(account) | agent_slips.registrant(account.id)


def _is_the_numbers(agent: agents.Agent) -> bool:
    """True where this installation has no platform to ask."""
    if not settings().real_name_url:
        return True
    platform = RealName(url=settings().real_name_url, token=settings().real_name_token)
    try:
        return platform.matches(name=agent.name, id_number=agent.id_number.upper())
    except ProviderFault as fault:
        raise Unavailable("real_name_unavailable") from fault
