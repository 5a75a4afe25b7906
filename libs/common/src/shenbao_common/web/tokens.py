"""Tokens and slips: signed by one service, verified offline by the others with its published keys.

A token says who acts (RFC 9068). A slip carries one fact from service to service by the client's hand, where the fact
is personal or bulky and so must not travel in an event: an account ticket, an upload's receipt, a form to print.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from joserfc.jws import JWSRegistry

from shenbao_common.kernel import clock
from shenbao_common.kernel.errors import Unauthenticated

ALGORITHM = "ES256"
AUDIENCE = "shenbao"
TOKEN_TYPE = "at+jwt"  # noqa: S105  (a media type, RFC 9068)
_REFETCH_AFTER = 5.0
_KNOWN_FOR = 300.0
"""Seconds after which the keys are asked for again, so that one that was withdrawn is soon refused everywhere."""
_LONGEST_WAIT = 1.0
"""Seconds that a token of a key that nobody knows waits for somebody else's answer."""
_MOST_PROVEN = 4096
_LONG = 4096


class _Registry(JWSRegistry):
    """A slip may carry a table of 2,000 rows; the limit of the request's body is the limit that counts."""

    max_payload_length = 8 * 1024 * 1024


_registry = _Registry(algorithms=[ALGORITHM])


class Signer:
    """Signs with one service's private key.

    other_pem: a second live key, which is published but signs nothing: the next one before a rotation, so that all
    know it already, and the last one after it, so that what it signed stays good.
    """

    def __init__(self, issuer: str, private_pem: str, other_pem: str = "") -> None:
        self.issuer = issuer
        self._key = ECKey.import_key(private_pem)
        self._kid = self._key.thumbprint()
        self._live = [self._key, *([ECKey.import_key(other_pem)] if other_pem else [])]

    def sign(self, kind: str, claims: Mapping[str, Any], *, seconds: int) -> str:
        """A JWT of media type `kind` that lives for so many seconds."""
        now = int(clock.now().timestamp())
        header = {"alg": ALGORITHM, "typ": kind, "kid": self._kid}
        body = {"iss": self.issuer, "iat": now, "exp": now + seconds, **claims}
        return jwt.encode(header, body, self._key, registry=_registry)

    def detached(self, kind: str, body: bytes) -> str:
        """A signature of `body` without the body in it: header..signature (RFC 7515, appendix F)."""
        header = {"alg": ALGORITHM, "typ": kind, "kid": self._kid}
        return jws.detach_content(jws.serialize_compact(header, body, self._key, registry=_registry))

    def published(self) -> dict[str, Any]:
        """The JWKS (RFC 7517) with the public keys only; the one that signs comes first."""
        return {
            "keys": [
                {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM}
                for key in self._live
            ]
        }


class Keys:
    """The published keys of one signer, fetched when first needed and again when an unknown key turns up."""

    def __init__(self, issuer: str, fetch: Callable[[], Mapping[str, Any]]) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._known: KeySet | None = None
        self._fetched_at = self._answered_at = float("-inf")
        self._lock = threading.Lock()
        self._proven: dict[str, jwt.Token] = {}

    @classmethod
    def at(cls, issuer: str, url: str) -> "Keys":
        """Keys behind an address (`…/.well-known/jwks.json`)."""
        return cls(issuer, lambda: httpx.get(url, timeout=5).raise_for_status().json())

    def verify(self, kind: str, text: str, *, audience: str | None = None) -> dict[str, Any]:
        """The claims of a valid token of that kind; refuses anything else with code `token_invalid`."""
        try:
            token = self._proven.get(text) or self._decoded(text)
        except (JoseError, ValueError, httpx.HTTPError) as wrong:
            raise Unauthenticated("token_invalid") from wrong
        claims: dict[str, Any] = dict(token.claims)
        right = token.header.get("typ") == kind and claims.get("iss") == self.issuer
        if not right or (audience and claims.get("aud") != audience):
            raise Unauthenticated("token_invalid")
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= clock.now().timestamp():
            raise Unauthenticated("token_expired")
        self._remember(text, token)
        return claims

    def _remember(self, text: str, token: jwt.Token) -> None:
        # A signature is proven once; who comes with the same token again is still asked for its kind and end.
        if len(text) > _LONG:
            return  # A sheet may have megabytes, and is handed in once.
        if len(self._proven) >= _MOST_PROVEN:
            self._proven.clear()
        self._proven[text] = token

    def _decoded(self, text: str) -> jwt.Token:
        try:
            return jwt.decode(text, self._keys(), registry=_registry)
        except (JoseError, ValueError):
            # The signer may have a new key since; asking again at most every few seconds keeps forgers from using us.
            if time.monotonic() - self._fetched_at < _REFETCH_AFTER:
                raise
            return jwt.decode(text, self._asked(wait=_LONGEST_WAIT), registry=_registry)

    def _keys(self) -> KeySet:
        if self._known is None:
            return self._asked(wait=-1)
        if time.monotonic() - self._fetched_at > _KNOWN_FOR:
            return self._asked(wait=0)
        return self._known

    def _asked(self, *, wait: float) -> KeySet:
        """The signer's keys of now. One asks; the others wait for its answer, or go on with what is known.

        wait: seconds, 0 for whom the known keys will do, -1 for as long as it takes. A signer that is slow or away
        must not hold up those whose keys are known.
        """
        came = time.monotonic()
        if self._lock.acquire(blocking=wait != 0, timeout=wait if wait else -1):
            try:
                if self._answered_at < came:
                    self._fetched()
            finally:
                self._lock.release()
        if self._known is None:
            raise ValueError("the keys of the signer are not known")
        return self._known

    def _fetched(self) -> None:
        try:
            self._known = KeySet.import_key_set(dict(self._fetch()))  # type: ignore[arg-type]
        except httpx.HTTPError:
            # The signer is away: what was known goes on being good, and the next one who asks tries again.
            if self._known is None:
                raise
        else:
            self._proven.clear()
        finally:
            self._answered_at = time.monotonic()
        self._fetched_at = time.monotonic()
