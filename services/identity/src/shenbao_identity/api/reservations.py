"""Taking user names before a unit is registered or a sub-account is made; units uses the ticket."""

from typing import Any

from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Conflict
from shenbao_common.web.auth import actor_of, actor_with, public
from shenbao_common.web.edge import transaction
from shenbao_common.web.service import service
from shenbao_identity.actions import reservations
from shenbao_identity.api import agent_slips, guard
from shenbao_identity.api.browser import settings
from shenbao_identity.api.schemas import (
    BatchIn,
    BatchOut,
    SubAccountReservationIn,
    SubAccountReservationOut,
    TicketOut,
    UnitReservationIn,
    UnitReservationOut,
)
from shenbao_identity.domain import lifetimes
from shenbao_identity.models import Account

blp = Blueprint("reservations", __name__, url_prefix="/v1", description="User names and tickets.")

TICKET = "shenbao-ticket+jwt"
_SECONDS = int(lifetimes.TICKET.total_seconds())


@blp.post("/account-reservations")
@blp.arguments(UnitReservationIn)
@blp.response(201, UnitReservationOut)
@public
def reserve_unit(body: dict[str, Any]) -> dict[str, Any]:
    """Take a user name for a unit that is about to register."""
    now = clock.now()
    right = guard.image_is_right(body["image_code_id"], body["image_code"], now=now)
    chosen = reservations.Chosen(
        username=body["username"],
        password=body["password"],
        email=body["email"],
        account_id=agent_slips.account_of(body["agent"]) if body["agent"] else None,
    )
    with transaction() as session:
        account = reservations.reserve_unit(session, chosen, image_right=right, policy=settings().policy, now=now)
    return reserved(account) | agent_slips.registrant(account.id)


@blp.post("/me/registration-ticket")
@blp.response(201, TicketOut)
def registration_ticket() -> dict[str, Any]:
    """For a legal person who came by provincial sign-in and whose unit is not registered yet."""
    who = actor_of(Kind.UNIT)
    if who.unit_id is not None:
        raise Conflict("already_registered")
    with transaction() as session:
        account = session.get_one(Account, who.account_id)
        return reserved(account)


@blp.post("/sub-account-reservations")
@blp.arguments(SubAccountReservationIn)
@blp.response(201, SubAccountReservationOut)
def reserve_sub_account(body: dict[str, Any]) -> dict[str, Any]:
    """Take a user name for one sub-account; the initial password is told this once."""
    actor = actor_with("sub_account.manage")
    with transaction() as session:
        account, initial = reservations.reserve_sub_account(
            session, actor=actor, policy=settings().policy, now=clock.now(), **body
        )
    return reserved(account) | {"initial_password": initial}


@blp.post("/sub-account-reservations/batch")
@blp.arguments(BatchIn)
@blp.response(201, BatchOut)
def reserve_batch(body: dict[str, Any]) -> dict[str, Any]:
    """Take the next free names: the unit's own user name plus a number."""
    actor = actor_with("sub_account.manage")
    with transaction() as session:
        made = reservations.reserve_batch(session, actor=actor, policy=settings().policy, now=clock.now(), **body)
    return {"items": [reserved(account) | {"initial_password": initial} for account, initial in made]}


def reserved(account: Account) -> dict[str, Any]:
    """The ticket that tells units which account it may use."""
    said = {
        "account_id": str(account.id),
        "username": account.username or account.credit_code,
        "kind": account.kind,
        "credit_code": account.credit_code,
        "unit_id": str(account.unit_id) if account.unit_id else None,
    }
    ticket = service().signer.sign(TICKET, said, seconds=_SECONDS)
    return {"account_id": account.id, "username": said["username"], "ticket": ticket}
