"""Speaking with provincial sign-ins as their OpenID Connect relying party.

What a province answers is taken as coming from a stranger: limited in time and size, checked in form, signature,
issuer, audience and nonce. Anything odd is a failed sign-in, never a passed one.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shenbao_identity.settings import Provider

_ALGORITHMS = ["ES256", "RS256", "PS256"]
_MOST_BYTES = 256 * 1024
_SECONDS = 5.0
_METADATA_SECONDS = 600.0
_LEEWAY = 30


class ProviderFault(Exception):
    """The provider is away, or what it says is not to be trusted; the text says which, without personal data."""


@dataclass(frozen=True, kw_only=True)
class UpstreamPerson:
    """A natural person as a province vouches for them; acr: "" when it does not say how far."""

    provider: str
    subject: str
    name: str
    id_number: str
    mobile: str
    acr: str


class Upstream:
    """One provincial sign-in."""

    def __init__(self, provider: Provider, http: httpx.Client | None = None) -> None:
        self.provider = provider
        self._http = http or httpx.Client(timeout=_SECONDS, follow_redirects=False)
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0

    def address(self, *, redirect_uri: str, state: str, nonce: str, code_challenge: str) -> str:
        """Where the browser goes to sign in. Raises ProviderFault."""
        query = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(query)}"

    def person(self, *, code: str, redirect_uri: str, verifier: str, nonce: str) -> UpstreamPerson:
        """Who signed in, in exchange for the code. Raises ProviderFault."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        auth = httpx.BasicAuth(self.provider.client_id, self.provider.client_secret)
        tokens = self._asked("POST", self._endpoint("token_endpoint"), data=form, auth=auth)
        claims = self._verified(str(tokens.get("id_token", "")), nonce)
        if "userinfo_endpoint" in self._metadata:
            bearer = {"Authorization": f"Bearer {tokens.get('access_token')}"}
            told = self._asked("GET", self._endpoint("userinfo_endpoint"), headers=bearer)
            if told.get("sub") != claims["sub"]:
                raise ProviderFault("the user information is of somebody else")
            claims = {**told, **claims}
        return self._person(claims)

    def _person(self, claims: Mapping[str, Any]) -> UpstreamPerson:
        return UpstreamPerson(
            provider=self.provider.key,
            subject=_text(claims, "sub", 255),
            name=_text(claims, "name", 100),
            id_number=_text(claims, "id_number", 30).upper(),
            mobile=_text(claims, "mobile", 30) or _text(claims, "phone_number", 30),
            acr=_text(claims, "acr", 100),
        )

    def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        """OpenID Connect Core 3.1.3.7."""
        try:
            token = self._decoded(id_token)
        except (JoseError, ValueError) as wrong:
            raise ProviderFault("the ID token is not signed by the provider") from wrong
        claims = dict(token.claims)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires = claims.get("exp")
        right = (
            claims.get("iss") == self.provider.issuer
            and self.provider.client_id in audiences
            and (len(audiences) == 1 or claims.get("azp") == self.provider.client_id)
            and isinstance(expires, int | float)
            and expires > time.time() - _LEEWAY
            and claims.get("nonce") == nonce
            and bool(claims.get("sub"))
        )
        if not right:
            raise ProviderFault("the ID token is not for this sign-in")
        return claims

    def _decoded(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._published(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            # The provider may have a new key since.
            self._keys = None
            return jwt.decode(id_token, self._published(), algorithms=_ALGORITHMS)

    def _published(self) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(self._asked("GET", self._endpoint("jwks_uri")))  # type: ignore[arg-type]
        return self._keys

    def _endpoint(self, name: str) -> str:
        if not self._metadata or time.monotonic() - self._read_at > _METADATA_SECONDS:
            told = self._asked("GET", f"{self.provider.issuer}/.well-known/openid-configuration")
            if told.get("issuer") != self.provider.issuer:
                raise ProviderFault("the metadata is of another issuer")
            self._metadata, self._read_at = told, time.monotonic()
        address = self._metadata.get(name)
        if not isinstance(address, str) or not address.startswith(("https://", "http://")):
            raise ProviderFault(f"the metadata has no {name}")
        return address

    def _asked(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            with self._http.stream(method, url, **options) as answer:
                answer.raise_for_status()
                body = _limited(answer)
            said = json.loads(body)
        except (httpx.HTTPError, ValueError) as wrong:
            raise ProviderFault("the provider did not answer as it should") from wrong
        if not isinstance(said, dict):
            raise ProviderFault("the provider did not answer as it should")
        return said


def _limited(answer: httpx.Response) -> bytes:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            raise ProviderFault("the provider's answer is too long")
    return body


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise ProviderFault(f"the claim {name} is not a text")
    return value.strip()
