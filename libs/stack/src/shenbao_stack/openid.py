"""A client's part of the OpenID flow: authorization code with PKCE (RFC 7636), refresh."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx


@dataclass(frozen=True)
class Client:
    """identity: base address of the provider. secret: "" for a public client."""

    identity: str
    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Tokens:
    """As the token endpoint answers them."""

    access: str
    refresh: str


@dataclass(frozen=True)
class Asking:
    """One authorization request: what has to come back, and what proves that it was ours."""

    client: Client
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def url(self) -> str:
        """Where the browser goes first."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": "openid offline_access",
            "state": self.state,
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.client.identity}/authorize?{urlencode(query)}"

    def finish(self, http: httpx.Client, address: str) -> Tokens:
        """Takes the code in the address that the browser came back to for tokens."""
        if parameter(address, "state") != self.state:
            raise ValueError("the state came back changed")
        form = {
            "grant_type": "authorization_code",
            "code": parameter(address, "code"),
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": self.verifier,
        }
        return _tokens(_ask(http, self.client, form).raise_for_status())


def refresh(http: httpx.Client, client: Client, tokens: Tokens) -> Tokens | None:
    """New tokens; None when the session is over."""
    answer = _ask(http, client, {"grant_type": "refresh_token", "refresh_token": tokens.refresh})
    return _tokens(answer) if answer.status_code == 200 else None


def parameter(address: str, name: str) -> str:
    """A query parameter of an address; ValueError when it is not there."""
    found = parse_qs(urlsplit(address).query).get(name)
    if not found:
        raise ValueError(f"no {name} in the redirect to {urlsplit(address).path}: {urlsplit(address).query}")
    return found[0]


def _ask(http: httpx.Client, client: Client, form: dict[str, str]) -> httpx.Response:
    return http.post(f"{client.identity}/token", auth=(client.client_id, client.secret), data=form)


def _tokens(answer: httpx.Response) -> Tokens:
    body = answer.json()
    return Tokens(access=body["access_token"], refresh=body.get("refresh_token", ""))
