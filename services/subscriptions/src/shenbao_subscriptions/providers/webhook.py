"""One subscriber's webhook: proves who we are as it wants it, posts, and says what came of it."""

import base64
import http.client
import json
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from shenbao_subscriptions.domain.outcome import Outcome, of_status
from shenbao_subscriptions.domain.targets import Network
from shenbao_subscriptions.providers.outgoing import Answer, Forbidden, Target

_EARLY = 30.0
_LIFE = 300.0
"""Of a token whose end nobody told, in seconds."""

_LONGEST_TOKEN = 8192
_FAULTS = (OSError, http.client.HTTPException, ValueError)


class _NoToken(Exception):
    """The subscriber's own token endpoint gives none; the text is a code."""


class Webhook:
    """Safe for threads; keeps connections and the token between posts."""

    def __init__(self, url: str, auth: str, credentials: Mapping[str, str], private: Sequence[Network]) -> None:
        self._url = url
        self._private = private
        self._certificate = credentials if auth == "mtls" else None
        self._tokens = _Tokens(credentials, private) if auth == "oauth2" else None
        self._own_tls: ssl.SSLContext | None = None
        self._free: list[Target] = []

    def post(self, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Never raises for what the other side does."""
        try:
            return self._post(body, headers)
        except _NoToken as none:
            return Outcome(str(none))
        except Forbidden as wrong:
            return Outcome(str(wrong))
        except _FAULTS as fault:
            return Outcome(_code(fault))

    def close(self) -> None:
        while self._free:
            self._free.pop().close()

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Outcome:
        answer = self._exchange(body, {**headers, **self._proof()})
        if answer.status == http.client.UNAUTHORIZED and self._tokens is not None:
            self._tokens.forget()
            answer = self._exchange(body, {**headers, **self._proof()})
        return of_status(answer.status, answer.headers.get("retry-after"))

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        target = self._free.pop() if self._free else Target(self._url, self._private, self._tls())
        answer = target.post(body, headers)  # a target that raised has closed itself, and is dropped
        self._free.append(target)
        return answer

    def _tls(self) -> ssl.SSLContext:
        if self._certificate is None:
            return _trust()
        if self._own_tls is None:
            self._own_tls = _context(self._certificate)
        return self._own_tls

    def _proof(self) -> dict[str, str]:
        return {} if self._tokens is None else {"Authorization": f"Bearer {self._tokens.get()}"}


class _Tokens:
    """By client credentials (RFC 6749 4.4), from the subscriber's own endpoint; renewed shortly before their end."""

    def __init__(self, credentials: Mapping[str, str], private: Sequence[Network]) -> None:
        self._credentials = credentials
        self._private = private
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def get(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._fetch()
            return self._token

    def forget(self) -> None:
        with self._lock:
            self._until = 0.0

    def _fetch(self) -> None:
        answer = self._ask()
        if answer.status != http.client.OK:
            raise _NoToken(f"token_http_{answer.status}")
        try:
            said: dict[str, Any] = json.loads(answer.body)
            token, life = str(said["access_token"]), float(said.get("expires_in", _LIFE))
        except (ValueError, KeyError, TypeError) as wrong:
            raise _NoToken("token_unreadable") from wrong
        if not (token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN):
            raise _NoToken("token_unreadable")
        self._token, self._until = token, time.monotonic() + max(1.0, life - _EARLY)

    def _ask(self) -> Answer:
        own = self._credentials
        # Both parts are form-encoded before they are joined (RFC 6749 2.3.1).
        pair = f"{quote(own['client_id'], safe='')}:{quote(own['client_secret'], safe='')}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        form = {"grant_type": "client_credentials"} | ({"scope": own["scope"]} if own.get("scope") else {})
        target = Target(own["token_url"], self._private, _trust())
        try:
            return target.post(urlencode(form).encode(), headers)
        except Forbidden as wrong:
            raise _NoToken(f"token_{wrong}") from wrong
        except _FAULTS as fault:
            raise _NoToken(f"token_{_code(fault)}") from fault
        finally:
            target.close()


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that this machine trusts; reading them takes its time."""
    return ssl.create_default_context()


def _context(credentials: Mapping[str, str]) -> ssl.SSLContext:
    """With the certificate that proves us; OpenSSL reads it from a file only, which lives as long as that takes."""
    context = ssl.create_default_context()
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as file:  # mode 0600
        file.write(credentials["certificate"] + "\n" + credentials["private_key"] + "\n")
        file.flush()
        context.load_cert_chain(file.name)
    return context


def _code(fault: Exception) -> str:
    """Never the text of a foreign error."""
    match fault:
        case TimeoutError():
            return "timeout"
        case ssl.SSLCertVerificationError():
            return "certificate_refused"
        case ssl.SSLError():
            return "tls_failed"
        case socket.gaierror():
            return "name_unknown"
        case ConnectionRefusedError():
            return "connection_refused"
        case http.client.HTTPException():
            return "no_http_answer"
        case _:
            return "connection_failed"
