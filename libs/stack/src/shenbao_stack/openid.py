"""The portal's part of the OpenID flow, step by step: authorization code with PKCE, refresh."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

if TYPE_CHECKING:
    from shenbao_stack.client import Target

_CLIENT = "portal"


@dataclass(frozen=True)
class Tokens:
    """As the token endpoint answers them."""

    access: str
    refresh: str


@dataclass(frozen=True)
class Asked:
    """An authorization request that is under way."""

    challenge: str
    state: str
    verifier: str


def authorize(http: httpx.Client, identity: str, redirect_uri: str) -> Asked:
    """Begins; identity sends the browser to the portal's sign-in page with a challenge."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    query = {
        "response_type": "code",
        "client_id": _CLIENT,
        "redirect_uri": redirect_uri,
        "scope": "openid offline_access",
        "state": state,
        "nonce": secrets.token_urlsafe(16),
        "code_challenge": _challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    answer = http.get(f"{identity}/authorize", params=query)
    return Asked(_parameter(answer.headers["Location"], "challenge"), state, verifier)


def exchange(http: httpx.Client, target: "Target", asked: Asked, resume: str) -> Tokens:
    """Follows identity back to the portal's door and takes the code for tokens."""
    address = resume
    while not address.startswith(target.redirect_uri):
        address = urljoin(address, http.get(address).headers["Location"])
    if _parameter(address, "state") != asked.state:
        raise AssertionError("the state came back changed")
    return _tokens(
        http.post(
            f"{target.url('identity')}/token",
            auth=(_CLIENT, target.client_secret),
            data={
                "grant_type": "authorization_code",
                "code": _parameter(address, "code"),
                "redirect_uri": target.redirect_uri,
                "code_verifier": asked.verifier,
            },
        )
    )


def refresh(http: httpx.Client, target: "Target", tokens: Tokens) -> Tokens | None:
    """New tokens; None when the session is over."""
    answer = http.post(
        f"{target.url('identity')}/token",
        auth=(_CLIENT, target.client_secret),
        data={"grant_type": "refresh_token", "refresh_token": tokens.refresh},
    )
    return _tokens(answer) if answer.status_code == 200 else None


def _tokens(answer: httpx.Response) -> Tokens:
    body = answer.raise_for_status().json()
    return Tokens(access=body["access_token"], refresh=body.get("refresh_token", ""))


def _challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _parameter(address: str, name: str) -> str:
    found = parse_qs(urlsplit(address).query).get(name)
    if not found:
        raise AssertionError(f"no {name} in the redirect: {urlsplit(address).query}")
    return found[0]
