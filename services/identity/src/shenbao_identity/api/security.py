"""The own account's safety: second factors, and the sessions that run elsewhere."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.auth import actor_of
from shenbao_common.web.edge import transaction
from shenbao_identity import queries
from shenbao_identity.actions import accounts, factors
from shenbao_identity.actions import sessions as ending
from shenbao_identity.api.browser import settings
from shenbao_identity.api.factor_schemas import (
    EnrolIn,
    FactorsOut,
    KeyOut,
    NewKeyIn,
    NewTotpOut,
    OptionsOut,
    SessionsOut,
)
from shenbao_identity.api.factor_slips import KEY, TOTP, read, site, slip
from shenbao_identity.api.me import session_id
from shenbao_identity.api.recent import ensure_recent
from shenbao_identity.models import Account, BrowserSession, SecurityKey

blp = Blueprint("security", __name__, url_prefix="/v1", description="Second factors and sessions.")

_PEOPLE = (Kind.PERSON, Kind.UNIT, Kind.SUB_ACCOUNT, Kind.OFFICE, Kind.ADMIN)


@blp.get("/me/recent-sign-in")
@blp.response(204)
def recent_sign_in() -> None:
    """Whether the ways into the account may be changed now, or only after another sign-in (403 `sign_in_again`)."""
    actor_of(*_PEOPLE)
    ensure_recent()


@blp.get("/me/factors")
@blp.response(200, FactorsOut)
def index() -> dict[str, Any]:
    """The own second factors."""
    with transaction() as session:
        account = queries.account_of(session, actor_of(*_PEOPLE).account_id)
        keys = [_shown(key) for key in factors.keys_of(session, account.id)]
        required = account.kind in settings().policy.second_factor
        return {"totp": account.totp is not None, "security_keys": keys, "required": required}


@blp.post("/me/totp")
@blp.response(200, NewTotpOut)
def begin_totp() -> dict[str, str]:
    """A new secret for an authenticator app; the present one stays good until it is confirmed."""
    ensure_recent()
    with transaction() as session:
        account = _own(session)
        made = factors.new_totp(account)
        return made | {"slip": slip(TOTP, account.id, secret=made["secret"])}


@blp.put("/me/totp")
@blp.arguments(EnrolIn)
@blp.response(204)
def enrol_totp(body: dict[str, Any]) -> None:
    """The first code of the app."""
    ensure_recent()
    with transaction() as session:
        account = _own(session)
        secret = read(TOTP, body["slip"], account.id)["secret"]
        factors.enrol_totp(account, secret, body["code"], now=clock.now())


@blp.delete("/me/totp")
@blp.response(204)
def remove_totp() -> None:
    """No one-time passwords any more."""
    ensure_recent()
    with transaction() as session:
        factors.remove_totp(session, _own(session), policy=settings().policy)


@blp.post("/me/security-key-options")
@blp.response(200, OptionsOut)
def key_options() -> dict[str, Any]:
    """What the browser's call for a new security key takes."""
    ensure_recent()
    with transaction() as session:
        account = _own(session)
        options, challenge = factors.key_registration(session, account, site())
        return {"options": options, "slip": slip(KEY, account.id, challenge=bytes_to_base64url(challenge))}


@blp.post("/me/security-keys")
@blp.arguments(NewKeyIn)
@blp.response(201, KeyOut)
def add_key(body: dict[str, Any]) -> dict[str, Any]:
    """A new security key."""
    ensure_recent()
    with transaction() as session:
        account = _own(session)
        challenge = base64url_to_bytes(read(KEY, body["slip"], account.id)["challenge"])
        answer = factors.Registered(name=body["name"], credential=body["credential"], challenge=challenge)
        return _shown(factors.add_key(session, account, answer, site(), now=clock.now()))


@blp.delete("/me/security-keys/<key_id>")
@blp.response(204)
def remove_key(key_id: str) -> None:
    """A security key that is lost or worn out."""
    ensure_recent()
    with transaction() as session:
        factors.remove_key(session, _own(session), key_id, policy=settings().policy)


@blp.post("/accounts/<uuid:account_id>/factor-reset")
@blp.response(204)
def reset(account_id: UUID) -> None:
    """Forget the second factors of an account whose holder has lost the device, and end its sessions."""
    with transaction() as session:
        account = accounts.resettable(session, account_id, actor=actor_of(*_PEOPLE))
        factors.forget(session, account)
        ending.end_all(session, account.id)


@blp.get("/me/sessions")
@blp.response(200, SessionsOut)
def sessions() -> dict[str, Any]:
    """Where the account is signed in."""
    who, now = actor_of(*_PEOPLE), clock.now()
    running = select(BrowserSession).where(
        BrowserSession.account_id == who.account_id, BrowserSession.idle_until > now, BrowserSession.ends_at > now
    )
    names = ("id", "auth_time", "ends_at", "agent")
    with transaction() as session:
        rows = session.scalars(running.order_by(BrowserSession.auth_time.desc()).limit(100)).all()
        here = session_id()
        return {"items": [{name: getattr(row, name) for name in names} | {"current": row.id == here} for row in rows]}


@blp.delete("/me/sessions/<uuid:other_id>")
@blp.response(204)
def end(other_id: UUID) -> None:
    """Sign out elsewhere; tokens that were given out there are refused at once."""
    who = actor_of(*_PEOPLE)
    with transaction() as session:
        row = session.get(BrowserSession, other_id)
        if row is None or row.account_id != who.account_id:
            raise NotFound
        ending.end(session, BrowserSession.id == other_id)


def _own(session: Session) -> Account:
    return queries.account_to_change(session, actor_of(*_PEOPLE).account_id)


def _shown(key: SecurityKey) -> dict[str, Any]:
    return {"id": bytes_to_base64url(key.credential_id), "name": key.name, "created_at": key.created_at}
