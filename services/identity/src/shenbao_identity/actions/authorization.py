"""From an authorization request over a challenge and a session to a code."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_identity import queries
from shenbao_identity.actions import sessions
from shenbao_identity.domain import lifetimes
from shenbao_identity.models import AuthorizationCode, BrowserSession, Challenge
from shenbao_identity.settings import Policy


@dataclass(frozen=True, kw_only=True)
class Request:
    """A checked authorization request (RFC 6749 4.1.1, OpenID Connect Core 3.1.2.1)."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str | None
    nonce: str | None
    code_challenge: str


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A finished sign-in: the new session's cookie, and where to bring the code."""

    cookie: str
    code: str
    redirect_uri: str
    state: str | None


def challenge_for(session: Session, request: Request, *, browser: str, now: datetime) -> str:
    """Keeps the request until somebody has signed in; answers the challenge's secret id."""
    challenge = secrets.token_urlsafe(32)
    session.add(
        Challenge(
            id_hash=queries.digest(challenge),
            browser_hash=queries.digest(browser),
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            scope=request.scope,
            oauth_state=request.state,
            nonce=request.nonce,
            code_challenge=request.code_challenge,
            expires_at=now + lifetimes.CHALLENGE,
        )
    )
    return challenge


def code_for(session: Session, request: Request, signed_in: BrowserSession, *, policy: Policy, now: datetime) -> str:
    """A code for somebody who is signed in; it lives a minute and works once."""
    code = secrets.token_urlsafe(32)
    signed_in.idle_until = now + policy.idle
    session.add(
        AuthorizationCode(
            code_hash=queries.digest(code),
            session_id=signed_in.id,
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            scope=request.scope,
            nonce=request.nonce,
            code_challenge=request.code_challenge,
            expires_at=now + lifetimes.AUTHORIZATION_CODE,
        )
    )
    return code


@dataclass(frozen=True, kw_only=True)
class Returning:
    """The browser that comes back from the sign-in page: its mark, its session of before, what it says it is."""

    browser: str
    old_cookie: str | None
    agent: str


def resume(session: Session, challenge: str, returning: Returning, *, policy: Policy, now: datetime) -> SignedIn | None:
    """Ends a challenge with a new session and a code.

    None when nobody has signed in to it, when it has been resumed already, or when another browser asks: a stranger's
    link must not sign anybody in to the stranger's account.
    """
    taken = session.scalars(
        delete(Challenge)
        .where(
            Challenge.id_hash == queries.digest(challenge),
            Challenge.browser_hash == queries.digest(returning.browser),
            Challenge.stage == "signed_in",
            Challenge.expires_at > now,
        )
        .returning(Challenge)
    ).first()
    if taken is None:
        return None
    if old := returning.old_cookie:
        sessions.end(session, BrowserSession.cookie_hash == queries.digest(old))
    cookie, signed_in = _new_session(session, taken, returning.agent, policy, now)
    code = code_for(session, _request_of(taken), signed_in, policy=policy, now=now)
    return SignedIn(cookie=cookie, code=code, redirect_uri=taken.redirect_uri, state=taken.oauth_state)


def _new_session(
    session: Session, challenge: Challenge, agent: str, policy: Policy, now: datetime
) -> tuple[str, BrowserSession]:
    cookie = secrets.token_urlsafe(32)
    signed_in = BrowserSession(
        cookie_hash=queries.digest(cookie),
        account_id=challenge.account_id,
        auth_time=challenge.auth_time,
        acr=challenge.acr,
        idle_until=now + policy.idle,
        ends_at=now + policy.session,
        agent=agent[:200],
    )
    session.add(signed_in)
    session.flush()
    account = signed_in.account
    who = Actor(account_id=account.id, kind=Kind(account.kind))
    audit.record(session, "sign_in", actor=who, person_id=account.id, subject=signed_in.id, acr=signed_in.acr)
    return cookie, signed_in


def _request_of(challenge: Challenge) -> Request:
    return Request(
        client_id=challenge.client_id,
        redirect_uri=challenge.redirect_uri,
        scope=challenge.scope,
        state=challenge.oauth_state,
        nonce=challenge.nonce,
        code_challenge=challenge.code_challenge,
    )
