"""A unit's sub-accounts."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from shenbao_common.data.paging import Page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotFound, ensure
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_units import queries
from shenbao_units.actions import delegations, sub_accounts
from shenbao_units.actions.sub_accounts import NewAccount
from shenbao_units.api.schemas import (
    DelegationIn,
    OwnNameIn,
    PermissionPage,
    StateIn,
    SubAccountChange,
    SubAccountIn,
    SubAccountOut,
    SubAccountPage,
    SubAccountQuery,
    SubAccountsIn,
)
from shenbao_units.api.slips import Slips, Ticket
from shenbao_units.domain.sub_account import ADVISED, CATALOGUE
from shenbao_units.models import SubAccount

blp = Blueprint("sub_accounts", __name__, url_prefix="/v1", description="Personal declaration accounts of a unit.")


@blp.get("/permissions")
@blp.response(200, PermissionPage)
def list_permissions() -> dict[str, Any]:
    """What can be ticked, in order of display (S4g-26)."""
    actor()
    return {"items": [{"key": key, "advised": key in ADVISED} for key in CATALOGUE], "next": None}


@blp.get("/sub-accounts")
@blp.arguments(SubAccountQuery, location="query")
@blp.response(200, SubAccountPage)
def list_own(query: dict[str, Any]) -> Page[SubAccount]:
    """The unit's sub-accounts by user name."""
    who = _manager()
    with transaction() as session:
        return queries.sub_accounts(session, who.unit_id, **query)


@blp.post("/sub-accounts")
@blp.arguments(SubAccountIn)
@blp.response(201, SubAccountOut)
def create(body: dict[str, Any]) -> SubAccount:
    """Adds one account with exactly the ticked permissions (S4g-24)."""
    who = _manager()
    slips = Slips()
    ticket = slips.ticket(body["ticket"], "ticket", kind=Kind.SUB_ACCOUNT, unit_id=who.unit_id)
    ensure(slips.problems)
    new = [_new(t, body["display_name"]) for t in (ticket,) if t]
    return tagged(_created(who, new, body["permissions"])[0])


@blp.post("/sub-accounts/batch")
@blp.arguments(SubAccountsIn)
@blp.response(201, SubAccountPage)
def create_batch(body: dict[str, Any]) -> dict[str, Any]:
    """Adds several accounts with equal ticks, all or none (S4g-25)."""
    who = _manager()
    slips = Slips()
    tickets = [
        slips.ticket(text, f"tickets.{i}", kind=Kind.SUB_ACCOUNT, unit_id=who.unit_id)
        for i, text in enumerate(body["tickets"])
    ]
    ensure(slips.problems)
    new = [_new(ticket, ticket.username) for ticket in tickets if ticket]
    return {"items": _created(who, new, body["permissions"]), "next": None}


@blp.get("/sub-accounts/mine")
@blp.response(200, SubAccountOut)
def show_mine() -> SubAccount:
    """The calling sub-account itself."""
    who = actor_of(Kind.SUB_ACCOUNT)
    with transaction() as session:
        return tagged(queries.sub_account(session, who.unit_id, who.account_id))


@blp.patch("/sub-accounts/mine")
@blp.arguments(OwnNameIn)
@blp.response(200, SubAccountOut)
def revise_mine(body: dict[str, Any]) -> SubAccount:
    """A sub-account changes its own basic information, if that is ticked (S4g-26)."""
    who = actor_of(Kind.SUB_ACCOUNT)
    who.require("profile.change")
    with transaction() as session:
        row = queries.sub_account_to_change(session, who.unit_id, who.account_id)
        ensure_match(row)
        return tagged(sub_accounts.revise(session, row, display_name=body["display_name"], permissions=None))


@blp.get("/sub-accounts/<uuid:account_id>")
@blp.response(200, SubAccountOut)
def show(account_id: UUID) -> SubAccount:
    """One of the unit's sub-accounts."""
    who = _manager()
    with transaction() as session:
        return tagged(queries.sub_account(session, who.unit_id, account_id))


@blp.patch("/sub-accounts/<uuid:account_id>")
@blp.arguments(SubAccountChange)
@blp.response(200, SubAccountOut)
def revise(body: dict[str, Any], account_id: UUID) -> SubAccount:
    """Saves name and ticks; never the user name (S4g-27)."""
    who = _manager()
    with transaction() as session:
        row = queries.sub_account_to_change(session, who.unit_id, account_id)
        ensure_match(row)
        name, ticked = body.get("display_name"), body.get("permissions")
        return tagged(sub_accounts.revise(session, row, display_name=name, permissions=ticked))


@blp.put("/sub-accounts/<uuid:account_id>/state")
@blp.arguments(StateIn)
@blp.response(200, SubAccountOut)
def set_state(body: dict[str, Any], account_id: UUID) -> SubAccount:
    """Opens or disables an account (S4g-29)."""
    who = _manager()
    with transaction() as session:
        row = queries.sub_account_to_change(session, who.unit_id, account_id)
        ensure_match(row)
        return tagged(sub_accounts.set_state(session, row, body["state"], today=clock.office_day(clock.now())))


@blp.put("/sub-accounts/<uuid:account_id>/delegation")
@blp.arguments(DelegationIn)
@blp.response(200, SubAccountOut)
def delegate(body: dict[str, Any], account_id: UUID) -> SubAccount:
    """Lets an account do what is ticked until the end of a day (B-18)."""
    who = _manager()
    with transaction() as session:
        row = queries.sub_account_to_change(session, who.unit_id, account_id)
        ensure_match(row)
        return tagged(delegations.delegate(session, row, **body, actor_id=who.account_id, now=clock.now()))


@blp.delete("/sub-accounts/<uuid:account_id>")
@blp.response(204)
def delete(account_id: UUID) -> ResponseReturnValue:
    """Removes an account that has filled nothing (S4g-28)."""
    who = _manager()
    with transaction() as session:
        row = queries.sub_account_to_change(session, who.unit_id, account_id)
        ensure_match(row)
        sub_accounts.delete(session, row)
    return ""


def _manager() -> Actor:
    """A unit's own account; to everybody else these accounts do not exist."""
    who = actor()
    if who.kind is not Kind.UNIT or who.unit_id is None:
        raise NotFound
    who.require("sub_account.manage")
    return who


def _new(ticket: Ticket, display_name: str) -> NewAccount:
    return NewAccount(account_id=ticket.account_id, username=ticket.username, display_name=display_name)


def _created(who: Actor, new: list[NewAccount], permissions: list[str]) -> list[SubAccount]:
    if who.unit_id is None:
        raise NotFound
    with transaction() as session:
        return sub_accounts.create(session, who.unit_id, new, permissions=permissions, now=clock.now())
