"""The suite as its users reach it: HTTP only, signed in through the real OpenID flow. For journeys and demo data.

A call answers the response, whatever its status. It carries what the user's last writes told (`Shenbao-After`), an
idempotency key with each POST, and a new token when the old one is over. Asked to come again in a moment, because
a service has not heard yet what the caller wrote elsewhere (`behind`), it does. Where processes are killed on purpose,
a client with `patience` tries again until it is answered, as a person does.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin
from uuid import uuid4

import httpx

from shenbao_stack.openid import Asking, Client, Tokens, parameter, refresh

ReadImageCode = Callable[[str], str]
_TOKEN_IS_OVER = {"token_outdated", "token_expired", "token_invalid"}
_AWAY = {502, 503, 504}
_PAUSE = 0.1
_SYNCHRONISED = 20.0
"""Seconds within which a service hears the others, also on a machine that is busy."""


class NotSignedIn(AssertionError):
    """The sign-in was refused; the text has the code."""


@dataclass(frozen=True)
class Target:
    """A running suite. url: of a service by name. read_image_code: what a person reads off the picture."""

    url: Callable[[str], str]
    client_secret: str
    read_image_code: ReadImageCode
    patience: float = 0.0
    clock_moved: threading.Event = field(default_factory=threading.Event)
    """Set when sessions may be over because of it: people sign in again then."""
    connections: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    """Shared by all its users, each of whom has cookies of their own; closed by the world."""

    @property
    def portal(self) -> Client:
        """The portal, in whose name people sign in."""
        return Client(self.url("identity"), "portal", self.client_secret, f"{self.url('portal')}/signed-in")


class Visitor:
    """Somebody who has not signed in."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.http = httpx.Client(timeout=30, follow_redirects=False, transport=target.connections)
        self._writes: dict[str, str] = {}

    def call(
        self,
        method: str,
        service: str,
        path: str,
        json: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """One call of a service's API, `path` from `/v1/...`; options are httpx's (params, files, data)."""
        sent = {**self._standing_headers(method), **(headers or {})}
        if json is not None:
            options["json"] = json
        answer = self._patiently(lambda: self.http.request(method, self._url(service, path), headers=sent, **options))
        self._remember(answer)
        return answer

    def image_code(self) -> dict[str, str]:
        """A fresh image code, read."""
        made = self.call("POST", "identity", "/v1/image-codes").json()
        return {"image_code_id": made["id"], "image_code": self.target.read_image_code(made["id"])}

    def redirect(self, address: str) -> str:
        """Where a browser is sent on to from an address."""
        answer = self._patiently(lambda: self.http.get(address))
        if "Location" not in answer.headers:
            raise NotSignedIn(f"no redirect but {answer.status_code}: {answer.text[:300]}")
        return str(answer.headers["Location"])

    def follow(self, other: "Visitor") -> None:
        """From now on every answer also holds what the other has written so far."""
        self._writes |= other._writes

    def _url(self, service: str, path: str) -> str:
        return self.target.url(service) + path

    def _standing_headers(self, method: str) -> dict[str, str]:
        headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
        if self._writes:
            headers["Shenbao-After"] = ",".join(f"{kind}:{event}" for kind, event in self._writes.items())
        return headers

    def _remember(self, answer: httpx.Response) -> None:
        for part in filter(None, answer.headers.get("Shenbao-Version", "").split(",")):
            kind, _, event = part.strip().rpartition(":")
            self._writes[kind] = event

    def _patiently(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            late = passed > self.target.patience
            try:
                answer = ask()
                if answer.status_code not in _AWAY or (late and (passed > _SYNCHRONISED or not _is_behind(answer))):
                    return answer
            except httpx.TransportError:
                if late:
                    raise
            time.sleep(_PAUSE)


class User(Visitor):
    """Somebody who has signed in."""

    def __init__(self, target: Target, username: str, password: str, tokens: Tokens) -> None:
        super().__init__(target)
        self.username = username
        self.password = password
        self.tokens = tokens

    @classmethod
    def sign_in(cls, target: Target, username: str, password: str, *, new_password: str = "") -> Self:
        """Through authorize, challenge, image code and code exchange; NotSignedIn when identity refuses.

        new_password: for the change that an initial password demands.
        """
        tokens, valid = _signed_in(Visitor(target), username, password, new_password)
        return cls(target, username, valid, tokens)

    def call(
        self,
        method: str,
        service: str,
        path: str,
        json: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        given = dict(headers or {})
        answer = super().call(method, service, path, json, headers=self._with_token(given), **options)
        if answer.status_code == 401 and answer.json().get("code") in _TOKEN_IS_OVER and self._refreshed():
            answer = super().call(method, service, path, json, headers=self._with_token(given), **options)
        return answer

    def change(self, service: str, path: str, json: Any, *, method: str = "PATCH") -> httpx.Response:
        """Reads the thing for its ETag, then changes it."""
        etag = self.call("GET", service, path).headers.get("ETag", "")
        return self.call(method, service, path, json, headers={"If-Match": etag})

    def _with_token(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access}"} | headers

    def _refreshed(self) -> bool:
        tokens = refresh(self.http, self.target.portal, self.tokens)
        if tokens is None and (self.target.patience or self.target.clock_moved.is_set()):
            # A process died after it had used up the refresh token, or a week went by: a person signs in again then.
            tokens, _ = _signed_in(Visitor(self.target), self.username, self.password, "")
        self.tokens = tokens or self.tokens
        return tokens is not None


def _is_behind(answer: httpx.Response) -> bool:
    problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    return problem and bool(answer.json().get("code") == "behind")


def _signed_in(visitor: Visitor, username: str, password: str, new: str) -> tuple[Tokens, str]:
    """Tokens, and the password that is valid now."""
    asking = Asking(visitor.target.portal)
    challenge = parameter(visitor.redirect(asking.url), "challenge")
    address, valid = _pass_challenge(visitor, challenge, username, password, new)
    while not address.startswith(visitor.target.portal.redirect_uri):
        address = urljoin(address, visitor.redirect(address))
    return asking.finish(visitor.http, address), valid


def _pass_challenge(visitor: Visitor, challenge: str, username: str, password: str, new: str) -> tuple[str, str]:
    """Credentials, and a new password where one is demanded; answers where to go on, and the password now valid."""
    path = f"/v1/sign-ins/{challenge}"
    words = {"username": username, "password": password}
    answer = visitor.call("POST", "identity", path, words | visitor.image_code())
    if answer.status_code != 200:
        raise NotSignedIn(f"{username}: {answer.status_code} {answer.json().get('code')}")
    if not answer.json().get("password_change_required"):
        return str(answer.json()["redirect_to"]), password
    if not new:
        raise NotSignedIn(f"{username}: password_change_required")
    changed = visitor.call("POST", "identity", f"{path}/password", {"new_password": new})
    if changed.status_code != 200:
        raise NotSignedIn(f"{username}: {changed.status_code} {changed.json().get('errors')}")
    return str(changed.json()["redirect_to"]), new
