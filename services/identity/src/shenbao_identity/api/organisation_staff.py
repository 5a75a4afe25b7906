"""Administrators and staff of organisations, for the administrators above and within."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor, actor_of
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_common.web.schema import PageQuery
from shenbao_identity.actions import accounts, credentials, organisation_staff, powers
from shenbao_identity.api.browser import settings
from shenbao_identity.api.schemas import (
    AccountOut,
    AccountPatch,
    AccountsOut,
    AccountStateIn,
    ColleagueOut,
    CreatedAccountOut,
    InitialPasswordOut,
    ProposalOut,
    StaffIn,
)
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account

blp = Blueprint("organisation_staff", __name__, url_prefix="/v1", description="Who acts for an organisation.")


@blp.get("/organisations/<uuid:organisation_id>/administrator")
@blp.response(200, AccountOut)
def administrator(organisation_id: UUID) -> Account:
    """The administrator of an organisation directly below."""
    with transaction() as session:
        organisation = organisation_staff.child(session, organisation_id, actor=actor())
        found = organisation_staff.administrator_of(session, organisation.id)
    if found is None:
        raise NotFound
    return tagged(found)


@blp.post("/organisations/<uuid:organisation_id>/administrator")
@blp.response(201, CreatedAccountOut)
def renew(organisation_id: UUID) -> dict[str, Any]:
    """A new administrator where there is none; the initial password is told this once."""
    with transaction() as session:
        organisation = organisation_staff.child(session, organisation_id, actor=actor())
        powers.ensure_may_give(session, organisation_staff.ADMINISTRATORS, kind=Kind.OFFICE, actor=actor())
        account, initial = organisation_staff.renew(session, organisation, policy=settings().policy, now=clock.now())
    return {"account_id": account.id, "username": account.username, "initial_password": initial}


@blp.delete("/organisations/<uuid:organisation_id>/administrator")
@blp.response(204)
def cancel(organisation_id: UUID) -> None:
    """Cancel (注销) the administrator of an organisation directly below."""
    with transaction() as session:
        organisation_staff.cancel(session, organisation_staff.child(session, organisation_id, actor=actor()))


@blp.post("/organisations/<uuid:organisation_id>/administrator/password-reset")
@blp.response(200, InitialPasswordOut)
def reset(organisation_id: UUID) -> dict[str, str]:
    """An initial password for the administrator of an organisation directly below."""
    with transaction() as session:
        organisation = organisation_staff.child(session, organisation_id, actor=actor())
        account = organisation_staff.administrator_of(session, organisation.id)
        if account is None:
            raise NotFound
        powers.ensure_not_stronger(session, account, actor=actor())
        return {"initial_password": credentials.reset(session, account, settings().policy)}


@blp.get("/staff/proposal")
@blp.response(200, ProposalOut)
def proposal() -> dict[str, str]:
    """The user name that the next of the own staff gets."""
    with transaction() as session:
        return {"username": organisation_staff.proposed_name(session, organisation_staff.own_organisation(actor()))}


@blp.get("/staff")
@blp.arguments(PageQuery, location="query")
@blp.response(200, AccountsOut)
def index(query: dict[str, Any]) -> Page[Account]:
    """The own staff, newest first."""
    wanted = organisation_staff.staff_of(organisation_staff.own_organisation(actor()))
    with transaction() as session:
        return page(session, wanted, by=[Account.id], **query)


@blp.post("/staff")
@blp.arguments(StaffIn)
@blp.response(201, CreatedAccountOut)
def add(body: dict[str, Any]) -> dict[str, Any]:
    """One more of the own staff; the initial password is told this once."""
    with transaction() as session:
        account, initial = organisation_staff.add_staff(
            session, organisation_staff.NewStaff(**body), actor=actor(), policy=settings().policy, now=clock.now()
        )
    return {"account_id": account.id, "username": account.username, "initial_password": initial}


@blp.get("/colleagues/<uuid:account_id>")
@blp.response(200, ColleagueOut)
def colleague(account_id: UUID) -> Account:
    """What a colleague of the caller's own organisation is called, for who shares work with them."""
    who = actor_of(Kind.OFFICE)
    with transaction() as session:
        return organisation_staff.colleague(session, account_id, actor=who)


@blp.patch("/staff/<uuid:account_id>")
@blp.arguments(AccountPatch)
@blp.response(200, AccountOut)
def revise(body: dict[str, Any], account_id: UUID) -> Account:
    """Name and ticks of one of the own staff."""
    with transaction() as session:
        account = organisation_staff.own_staff(session, account_id, actor=actor())
        ensure_match(account)
        return tagged(accounts.revise(session, account, actor=actor(), policy=settings().policy, **body))


@blp.get("/staff/<uuid:account_id>")
@blp.response(200, AccountOut)
def show(account_id: UUID) -> Account:
    """One of the own staff."""
    with transaction() as session:
        return tagged(organisation_staff.own_staff(session, account_id, actor=actor(), held=False))


@blp.put("/staff/<uuid:account_id>/state")
@blp.arguments(AccountStateIn)
@blp.response(200, AccountOut)
def set_state(body: dict[str, Any], account_id: UUID) -> Account:
    """Disable one of the own staff, or open again."""
    who = actor()
    with transaction() as session:
        account = organisation_staff.own_staff(session, account_id, actor=who)
        ensure_match(account)
        return tagged(accounts.set_state(session, account, State(body["state"]), actor=who))


@blp.post("/staff/<uuid:account_id>/password-reset")
@blp.response(200, InitialPasswordOut)
def reset_staff(account_id: UUID) -> dict[str, str]:
    """An initial password for one of the own staff."""
    with transaction() as session:
        account = organisation_staff.own_staff(session, account_id, actor=actor())
        powers.ensure_not_stronger(session, account, actor=actor())
        return {"initial_password": credentials.reset(session, account, settings().policy)}
