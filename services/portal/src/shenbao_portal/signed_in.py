"""Who is signed in: the tokens in the session, what they say, and their renewal."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
from flask import current_app, has_request_context, session

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import PERSON_PERMISSIONS, Kind
from shenbao_portal import masking
from shenbao_portal.refusals import SignedOut, Unreachable
from shenbao_portal.settings import Settings

CLIENT = "portal"
SIGN_IN_AGAIN = "sign_in_again"
"""Identity's refusal of one who signed in too long ago for what he is about to change."""
_RENEW_BEFORE = 15
_SHARED = 30


@dataclass(frozen=True)
class Account:
    """The signed-in account as its token has it; the services decide, this only arranges the pages.

    due: what comes before all else, the code with which the services refuse anything else.
    """

    account_id: str
    kind: str
    unit_id: str | None
    organisation_id: str | None
    permissions: frozenset[str]
    username: str
    name: str
    due: str = ""

    @property
    def shown_name(self) -> str:
        """The name for the top of every page, where a person's is masked (S0-35)."""
        return masking.name(self.name) if self.kind == Kind.PERSON else self.name

    def may(self, permission: str) -> bool:
        return permission in self.permissions or (self.kind == Kind.PERSON and permission in PERSON_PERMISSIONS)


class Renewals:
    """Refresh tokens are good for one use, but a browser asks for several things at once: the first renews, the others
    get what it got. Kept for seconds, in memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._running: dict[str, threading.Lock] = {}

    def renewed(self, refresh_token: str) -> Mapping[str, Any]:
        """The token response for this refresh token."""
        name = hashlib.sha256(refresh_token.encode()).hexdigest()
        with self._lock:
            self._forget_old()
            running = self._running.setdefault(name, threading.Lock())
        with running:
            if name not in self._done:
                answer = ask_for_tokens(grant_type="refresh_token", refresh_token=refresh_token)
                self._done[name] = (time.monotonic(), answer)
        return self._done[name][1]

    def _forget_old(self) -> None:
        old = [name for name, (at, _) in self._done.items() if time.monotonic() - at > _SHARED]
        for name in old:
            del self._done[name]
            self._running.pop(name, None)


def present() -> bool:
    return has_request_context() and "access" in session


def account() -> Account | None:
    """Who is signed in, or None."""
    if not present():
        return None
    claims = _claims(session["access"])
    return Account(
        account_id=claims["sub"],
        kind=claims["kind"],
        unit_id=claims.get("unit"),
        organisation_id=claims.get("org"),
        permissions=frozenset(claims.get("perms", ())),
        username=session.get("username", ""),
        name=session.get("name") or session.get("username", ""),
        due=claims.get("due", ""),
    )


def access_token() -> str | None:
    """The user's access token, renewed when it is about to end."""
    if not present():
        return None
    if _claims(session["access"])["exp"] - clock.now().timestamp() < _RENEW_BEFORE:
        refresh()
    token: str = session["access"]
    return token


def refresh() -> None:
    """New tokens by the refresh token; the session is over when identity refuses."""
    renewals: Renewals = current_app.extensions["portal_renewals"]
    try:
        keep(renewals.renewed(session.get("refresh", "")))
    except SignedOut:
        forget()
        raise


def keep(tokens: Mapping[str, Any]) -> None:
    """Puts a token response into the session."""
    session["access"] = tokens["access_token"]
    if "refresh_token" in tokens:
        session["refresh"] = tokens["refresh_token"]


def forget() -> None:
    """Ends the session, but for the language and a form's protection."""
    for name in ("access", "refresh", "username", "name", "writes", "from_provider"):
        session.pop(name, None)


def ask_for_tokens(**form: str) -> Mapping[str, Any]:
    """Identity's token endpoint, asked by the server itself."""
    settings: Settings = current_app.extensions["portal"]
    http: httpx.Client = current_app.extensions["portal_http"]
    url = f"{settings.service_urls['identity']}/token"
    try:
        response = http.post(url, data=form, auth=(CLIENT, settings.client_secret))
    except httpx.TransportError as gone:
        raise Unreachable("identity") from gone
    if response.status_code >= 500:
        raise Unreachable("identity")
    if response.status_code != 200:
        raise SignedOut("session_over")
    tokens: dict[str, Any] = response.json()
    return tokens


def revoke(refresh_token: str) -> None:
    """Tells identity to end the session's tokens (RFC 7009); when it is away they end by themselves."""
    settings: Settings = current_app.extensions["portal"]
    http: httpx.Client = current_app.extensions["portal_http"]
    url = f"{settings.service_urls['identity']}/revoke"
    with suppress(httpx.TransportError):
        http.post(url, data={"token": refresh_token}, auth=(CLIENT, settings.client_secret))


def _claims(token: str) -> dict[str, Any]:
    # Not verified: it came from identity itself and has lain in our sealed cookie since.
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims
