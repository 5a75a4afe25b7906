"""From a code or a refresh token to the next tokens, and their end."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_identity import queries
from shenbao_identity.actions import sessions
from shenbao_identity.domain import lifetimes, pkce
from shenbao_identity.models import AuthorizationCode, BrowserSession, RefreshToken
from shenbao_identity.settings import Client, Policy


@dataclass(frozen=True, kw_only=True)
class Grant:
    """For whom tokens are to be signed. nonce: of the authorization request, None when there was none."""

    session: BrowserSession
    scope: str
    nonce: str | None
    refresh_token: str | None


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What has to fit the authorization request of a code."""

    redirect_uri: str
    verifier: str


def redeem(session: Session, code: str, proof: Proof, *, client: Client, policy: Policy, now: datetime) -> Grant | None:
    """Exchanges a code. The first try uses it up, right or wrong; None when it is not good for this caller."""
    taken = session.scalars(
        delete(AuthorizationCode)
        .where(AuthorizationCode.code_hash == queries.digest(code))
        .returning(AuthorizationCode)
    ).first()
    if taken is None or taken.expires_at <= now:
        return None
    if (taken.client_id, taken.redirect_uri) != (client.client_id, proof.redirect_uri):
        return None
    if not pkce.is_proved(taken.code_challenge, proof.verifier):
        return None
    signed_in = session.get_one(BrowserSession, taken.session_id)
    if not queries.is_running(signed_in, now):
        return None
    refresh_token = None
    if "refresh_token" in client.grants:
        refresh_token = _issue(session, signed_in, client_id=client.client_id, scope=taken.scope)
    return Grant(session=signed_in, scope=taken.scope, nonce=taken.nonce, refresh_token=refresh_token)


def refresh(session: Session, token: str, *, client: Client, policy: Policy, now: datetime) -> Grant | None:
    """Exchanges a refresh token for the next one; None when it is not good.

    One that was replaced more than a moment ago has been copied, by the owner or by a thief: the session ends
    (RFC 9700 4.14.2).
    """
    row = session.scalar(
        select(RefreshToken).where(RefreshToken.token_hash == queries.digest(token)).with_for_update(of=RefreshToken)
    )
    if row is None or row.client_id != client.client_id or row.expires_at <= now:
        return None
    if row.replaced_at and now - row.replaced_at > lifetimes.REFRESH_GRACE:
        sessions.end(session, BrowserSession.id == row.session_id)
        return None
    signed_in = session.get(BrowserSession, row.session_id, with_for_update={"of": BrowserSession})
    if signed_in is None or not queries.is_running(signed_in, now):
        return None
    row.replaced_at = row.replaced_at or now
    signed_in.idle_until = now + policy.idle
    successor = _issue(session, signed_in, client_id=row.client_id, scope=row.scope)
    return Grant(session=signed_in, scope=row.scope, nonce=None, refresh_token=successor)


def revoke(session: Session, token: str, *, client: Client) -> None:
    """Ends what came of the sign-in that this refresh token belongs to, for this client (RFC 7009)."""
    row = session.get(RefreshToken, queries.digest(token))
    if row is not None and row.client_id == client.client_id:
        session.execute(
            delete(RefreshToken).where(
                RefreshToken.session_id == row.session_id, RefreshToken.client_id == client.client_id
            )
        )


@dataclass(frozen=True, kw_only=True)
class Hint:
    """Whose sign-out is asked for, as an ID token of ours has it."""

    session_id: UUID
    account_id: UUID


def log_out(session: Session, *, cookie: str | None, hint: Hint | None) -> bool:
    """Ends the session that the ID token names, and the browser's unless it is somebody else's than the token's.

    Refresh tokens and access tokens end with them; the account's other devices stay signed in (S1-18). Answers whether
    the browser is signed out now.
    """
    here = None
    if cookie:
        here = session.scalar(select(BrowserSession).where(BrowserSession.cookie_hash == queries.digest(cookie)))
    is_ours = here is None or hint is None or here.account_id == hint.account_id
    hinted = session.get(BrowserSession, hint.session_id) if hint else None
    for ended in {found for found in (hinted, here if is_ours else None) if found is not None}:
        audit.record(session, "sign_out", person_id=ended.account_id, subject=ended.id)
        sessions.end(session, BrowserSession.id == ended.id)
    return is_ours


def _issue(session: Session, signed_in: BrowserSession, *, client_id: str, scope: str) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            token_hash=queries.digest(token),
            session_id=signed_in.id,
            client_id=client_id,
            scope=scope,
            expires_at=min(signed_in.idle_until, signed_in.ends_at),
        )
    )
    return token
