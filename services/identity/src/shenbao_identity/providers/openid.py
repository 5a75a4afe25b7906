"""Speaking with provincial sign-ins as their OpenID Connect relying party.

What a province answers is taken as coming from a stranger: limited in time and size, checked in form, signature,
issuer, audience and nonce. Anything odd is a failed sign-in, never a passed one.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shenbao_identity.providers.upstream import Caller, ProviderFault, Vouched, Way, text
from shenbao_identity.settings import Provider

_ALGORITHMS = ["ES256", "RS256", "PS256"]
_METADATA_SECONDS = 600.0
_LEEWAY = 30


class OpenIdUpstream:
    """One provincial sign-in that speaks OpenID Connect."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._asked = Caller().asked
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0

    def address(self, way: Way) -> str:
        query = {
            **self.provider.ask,
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": way.redirect_uri,
            "scope": "openid profile",
            "state": way.state,
            "nonce": way.nonce,
            "code_challenge": way.code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(query)}"

    def vouched(self, way: Way, answer: Mapping[str, str]) -> Vouched:
        form = {
            "grant_type": "authorization_code",
            "code": answer.get("code", ""),
            "redirect_uri": way.redirect_uri,
            "code_verifier": way.verifier,
        }
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise ProviderFault("the answer is of another provider")  # RFC 9207
        auth = httpx.BasicAuth(self.provider.client_id, self.provider.client_secret)
        tokens = self._asked("POST", self._endpoint("token_endpoint"), data=form, auth=auth)
        claims = self._verified(str(tokens.get("id_token", "")), way.nonce)
        if "userinfo_endpoint" in self._metadata:
            bearer = {"Authorization": f"Bearer {tokens.get('access_token')}"}
            told = self._asked("GET", self._endpoint("userinfo_endpoint"), headers=bearer)
            if told.get("sub") != claims["sub"]:
                raise ProviderFault("the user information is of somebody else")
            claims = {**told, **claims}
        return self._vouched(claims)

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        return Vouched(
            provider=self.provider.key,
            subject=text(claims, "sub", 255),
            name=text(claims, "name", 100),
            id_number=text(claims, "id_number", 30).upper(),
            mobile=text(claims, "mobile", 30) or text(claims, "phone_number", 30),
            acr=text(claims, "acr", 100),
            credit_code=text(claims, "credit_code", 18).upper(),
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
