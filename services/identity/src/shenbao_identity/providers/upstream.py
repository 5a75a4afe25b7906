"""What every provincial sign-in is to us, whatever it speaks: a way there, and who came back.

What a province answers is taken as coming from a stranger: limited in time and size, checked in form. Anything odd is a
failed sign-in, never a passed one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from shenbao_identity.settings import Provider

_MOST_BYTES = 256 * 1024
_SECONDS = 5.0


class ProviderFault(Exception):
    """The provider is away, or what it says is not to be trusted; the text says which, without personal data."""


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """Whom a province vouches for: a person, or a legal person with its credit code.

    acr: "" when the province does not say how far.
    """

    provider: str
    subject: str
    name: str
    id_number: str = ""
    mobile: str = ""
    acr: str = ""
    credit_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What one sign-in carries there and proves on its return; adapters use what their protocol knows of it."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    code_challenge: str


class Upstream(Protocol):
    """One provincial sign-in. State, return within time, and one use are kept by us for all of them."""

    provider: Provider

    def address(self, way: Way) -> str:
        """Where the browser goes to sign in. Raises ProviderFault."""

    def vouched(self, way: Way, answer: Mapping[str, str]) -> Vouched:
        """Who signed in, in exchange for what the browser brought back. Raises ProviderFault."""


class Caller:
    """Asks a province over HTTP, within its limits."""

    def __init__(self) -> None:
        # Sign-ins are rare: no connection is kept from one to the next.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(timeout=_SECONDS, follow_redirects=False, limits=limits)

    def asked(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        """The JSON object of the answer. Raises ProviderFault."""
        try:
            with self._http.stream(method, url, **options) as answer:
                answer.raise_for_status()
                body = _limited(answer)
            said = json.loads(body)
        except (httpx.HTTPError, ValueError, RecursionError) as wrong:
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


def text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    """A claim that is a text, trimmed; "" where it is absent. Raises ProviderFault."""
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise ProviderFault(f"the claim {name} is not a text")
    return value.strip()
