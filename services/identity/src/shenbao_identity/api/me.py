"""Who am I, and my password."""

from typing import Any
from uuid import UUID

from flask import request
from flask_smorest import Blueprint

from shenbao_common.data import of_person
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import Unauthenticated
from shenbao_common.web.auth import actor, actor_of, actor_with
from shenbao_common.web.edge import transaction
from shenbao_common.web.service import service
from shenbao_common.web.tokens import AUDIENCE, TOKEN_TYPE
from shenbao_identity import queries
from shenbao_identity.actions import credentials, own_deletion, persons, tries
from shenbao_identity.api import guard
from shenbao_identity.api.browser import settings
from shenbao_identity.api.schemas import MeOut, PasswordChangeIn
from shenbao_identity.domain import lockout
from shenbao_identity.models import Account

blp = Blueprint("me", __name__, url_prefix="/v1/me", description="The own account.")


@blp.get("")
@blp.response(200, MeOut)
def show() -> dict[str, Any]:
    """Account, unit or organisation, and permissions of whoever is signed in."""
    with transaction() as session:
        account = session.get(Account, actor().account_id)
        if account is None:
            raise Unauthenticated("token_invalid")
        organisation = account.organisation_id
        names = queries.organisation_names(session, {organisation}) if organisation else {}
    return {
        "account_id": account.id,
        "kind": actor().kind.value,
        "username": account.username,
        "display_name": account.display_name,
        "unit_id": account.unit_id,
        "organisation_id": organisation,
        "organisation_name": names.get(organisation) if organisation else None,
        "permissions": account.permissions,
        "has_password": account.password_hash is not None,
        "missing": persons.missing(account, settings().policy),
    }


@blp.put("/password")
@blp.arguments(PasswordChangeIn)
@blp.response(204)
def change_password(body: dict[str, Any]) -> None:
    """Change the own password; other sessions end, this one stays (S4g-26)."""
    account_id = actor_with("password.change").account_id
    key = f"password:{account_id}"
    guard.count_try(key, limit=lockout.PER_ACCOUNT, code="account_locked", now=clock.now())
    with transaction() as session:
        account = queries.account_to_change(session, account_id)
        old, new = body["old_password"], body["new_password"]
        credentials.change(session, account, old=old, new=new, keep=session_id(), policy=settings().policy)
        tries.forget(session, key)


@blp.delete("")
@blp.response(204)
def delete() -> None:
    """Ends the own account and destroys the person's key, as long as nothing was reported; refuses `has_reported`."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        own_deletion.delete_own(session, who)
        session.commit()  # First: a key is destroyed for good.
    if keys := of_person.keys_of(service().engine):
        keys.destroy(who.account_id)


def session_id() -> UUID | None:
    """The session that the token came of."""
    session_id = claims().get("sid")
    return UUID(session_id) if session_id else None


def claims() -> dict[str, Any]:
    """What the caller's token says; it is verified already."""
    token = request.headers["Authorization"].partition(" ")[2]
    return service().token_keys.verify(TOKEN_TYPE, token, audience=AUDIENCE)
