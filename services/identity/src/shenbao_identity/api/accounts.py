"""Accounts of offices and administrators, for administrators; resets, for units too."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.etags import ensure_match, tagged
from shenbao_identity import queries
from shenbao_identity.actions import accounts, credentials, ticks
from shenbao_identity.api.browser import settings
from shenbao_identity.api.schemas import (
    AccountIn,
    AccountOut,
    AccountPatch,
    AccountsOut,
    AccountsQuery,
    AccountStateIn,
    CreatedAccountOut,
    InitialPasswordOut,
    ProposalDecisionIn,
)
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account

blp = Blueprint("accounts", __name__, url_prefix="/v1/accounts", description="Managing accounts.")


@blp.get("")
@blp.arguments(AccountsQuery, location="query")
@blp.response(200, AccountsOut)
def index(query: dict[str, Any]) -> Page[Account]:
    """Accounts with a user name, newest first."""
    actor_with("account.manage")
    wanted = queries.accounts(kind=query["kind"], beginning=query["q"])
    with transaction() as session:
        return page(session, wanted, by=[Account.id], after=query["after"], limit=query["limit"])


@blp.post("")
@blp.arguments(AccountIn)
@blp.response(201, CreatedAccountOut)
def create(body: dict[str, Any]) -> dict[str, Any]:
    """Make an office's or administrator's account; the initial password is told this once."""
    manager, wanted = actor_with("account.manage"), accounts.Wanted(**body)
    with transaction() as session:
        policy = settings().policy
        account, initial = accounts.create(session, wanted, actor=manager, policy=policy, now=clock.now())
    tagged(account)
    return {"account_id": account.id, "username": account.username, "initial_password": initial}


@blp.get("/<uuid:account_id>")
@blp.response(200, AccountOut)
def show(account_id: UUID) -> Account:
    """One account."""
    actor_with("account.manage")
    with transaction() as session:
        account = session.scalar(queries.accounts().where(Account.id == account_id))
    if account is None:
        raise NotFound
    return tagged(account)


@blp.patch("/<uuid:account_id>")
@blp.arguments(AccountPatch)
@blp.response(200, AccountOut)
def revise(body: dict[str, Any], account_id: UUID) -> Account:
    """Change display name or permissions."""
    manager = actor_with("account.manage")
    with transaction() as session:
        account = queries.account_to_change(session, account_id)
        ensure_match(account)
        return tagged(accounts.revise(session, account, actor=manager, policy=settings().policy, **body))


@blp.put("/<uuid:account_id>/proposal")
@blp.arguments(ProposalDecisionIn)
@blp.response(200, AccountOut)
def decide_proposal(body: dict[str, Any], account_id: UUID) -> Account:
    """Say yes or no to the ticks that somebody else proposed; whoever proposed them may only take them back."""
    manager = actor_with("account.manage")
    with transaction() as session:
        account = queries.account_to_change(session, account_id)
        ensure_match(account)
        ticks.decide(session, account, accept=body["accept"], actor=manager)
        session.flush()
        return tagged(account)


@blp.put("/<uuid:account_id>/state")
@blp.arguments(AccountStateIn)
@blp.response(200, AccountOut)
def set_state(body: dict[str, Any], account_id: UUID) -> Account:
    """Disable or open again."""
    manager = actor_with("account.manage")
    with transaction() as session:
        account = queries.account_to_change(session, account_id)
        ensure_match(account)
        return tagged(accounts.set_state(session, account, State(body["state"]), actor=manager))


@blp.post("/<uuid:account_id>/password-reset")
@blp.response(200, InitialPasswordOut)
def reset_password(account_id: UUID) -> dict[str, str]:
    """Back to an initial password, which works once and opens the change form."""
    with transaction() as session:
        account = accounts.resettable(session, account_id, actor=actor())
        return {"initial_password": credentials.reset(session, account, settings().policy)}
