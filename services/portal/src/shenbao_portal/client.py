"""The services' HTTP APIs, called with the signed-in user's own token.

`service("units").get("/v1/units/mine")`. A token that is over, or older than a change of the account, is refreshed
once.
What the last writes told is sent along as `Shenbao-After`, so that the next page shows them in every service.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from uuid import uuid4

import httpx
from flask import current_app, has_request_context, request

from shenbao_common.kernel import spans, trace
from shenbao_portal import signed_in, writes
from shenbao_portal.refusals import Refused, SignedOut, Unreachable

_TOKEN_IS_OVER = frozenset({"token_outdated", "token_expired", "token_invalid"})
_TIMEOUT = httpx.Timeout(15, connect=3)
_UPLOAD_TIMEOUT = httpx.Timeout(120, connect=3)
_SAFE = frozenset({"GET", "HEAD"})
_OF_OTHERS = frozenset({"behind", "retrieval_failed"})
"""Refusals with a 503 that are not about the service that answers."""


@dataclass(frozen=True)
class Answer:
    """body: parsed JSON, or bytes of a file. etag: to be given back with the change."""

    status: int
    body: Any
    etag: str | None
    headers: Mapping[str, str]

    def __getitem__(self, key: str) -> Any:
        return self.body[key]


class Service:
    """One service as the present user sees it."""

    def __init__(self, name: str, *, bearer: str | None = None) -> None:
        self._name = name
        self._bearer = bearer

    def get(self, path: str, **query: Any) -> Answer:
        """Query values that are None or "" are left out."""
        return self._call("GET", path, params={k: v for k, v in query.items() if v not in (None, "")})

    def post(self, path: str, body: Any = None, *, key: str | None = None, etag: str | None = None) -> Answer:
        """key: of the form (`forms.once()`), so that a double click has one effect."""
        return self._call("POST", path, json=body if body is not None else {}, key=key, etag=etag)

    def put(self, path: str, body: Any, *, etag: str | None = None) -> Answer:
        return self._call("PUT", path, json=body, etag=etag)

    def patch(self, path: str, body: Any, *, etag: str | None = None, minimal: bool = False) -> Answer:
        """minimal: the answer need not hold what was sent (RFC 7240)."""
        return self._call("PATCH", path, json=body, etag=etag, minimal=minimal)

    def delete(self, path: str, *, etag: str | None = None) -> Answer:
        return self._call("DELETE", path, etag=etag)

    def upload(self, path: str, file: Any, *, method: str = "POST", **fields: str) -> Answer:
        """Passes one file of the request on (a werkzeug FileStorage), streamed from where the request left it."""
        parts = {"file": (file.filename or "file", file.stream, file.mimetype or "application/octet-stream")}
        answer = self._call(method, path, files=parts, data=fields, timeout=_UPLOAD_TIMEOUT)
        if answer.status == HTTPStatus.ACCEPTED:
            raise Refused(HTTPStatus.CONFLICT, "check_pending", {}, ())  # It is kept, but no form may stand on it yet.
        return answer

    def form(self, path: str, fields: Mapping[str, str], file: Any = None) -> Answer:
        """A form of plain fields, with a file of the request where there is one."""
        parts = {"attachment": (file.filename, file.stream, file.mimetype)} if file else None
        return self._call("POST", path, data=dict(fields), files=parts, timeout=_UPLOAD_TIMEOUT)

    @contextmanager
    def stream(self, path: str, *, method: str = "GET", body: Any = None) -> Iterator[httpx.Response]:
        """A file's content without holding it in memory; the caller reads within the `with`."""
        options: dict[str, Any] = {"json": body} if body is not None else {}
        response = self._sent(method, path, options, {}, stream=True)
        try:
            if response.status_code >= 400:
                response.read()
                raise _refused(self._name, response)
            yield response
        finally:
            response.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        etag: str | None = None,
        key: str | None = None,
        minimal: bool = False,
        **options: Any,
    ) -> Answer:
        headers = {"If-Match": etag} if etag else {}
        if minimal:
            headers["Prefer"] = "return=minimal"
        if key:
            headers["Idempotency-Key"] = key
        response = self._sent(method, path, options, headers)
        if response.status_code >= 400:
            raise _refused(self._name, response)
        if method not in _SAFE:
            writes.remember(response.headers.get("Shenbao-Version"))
        return Answer(response.status_code, _body(response), response.headers.get("ETag"), response.headers)

    def _sent(
        self, method: str, path: str, options: dict[str, Any], headers: dict[str, str], *, stream: bool = False
    ) -> httpx.Response:
        response = self._once(method, path, options, headers, stream)
        if response.status_code == 401 and self._bearer is None and signed_in.present():
            code = _code(response)
            if code not in _TOKEN_IS_OVER:
                signed_in.forget()
                raise SignedOut(code)
            signed_in.refresh()
            for part in options.get("files", {}).values():
                part[1].seek(0)
            response = self._once(method, path, options, headers, stream)
        return response

    def _once(
        self, method: str, path: str, options: dict[str, Any], headers: dict[str, str], stream: bool
    ) -> httpx.Response:
        http: httpx.Client = current_app.extensions["portal_http"]
        url = current_app.extensions["portal"].service_urls[self._name] + path
        options = {"timeout": _TIMEOUT, **options}
        within = trace.current() or trace.start()
        try:
            with spans.around("portal", f"{method} {self._name}", kind="client", parent=within) as own:
                sent = {**headers, **self._standing_headers(), "traceparent": own}
                return http.send(http.build_request(method, url, headers=sent, **options), stream=stream)
        except httpx.TransportError as gone:
            raise Unreachable(self._name) from gone

    def _standing_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        token = self._bearer or signed_in.access_token()
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if after := writes.to_wait_for():
            headers["Shenbao-After"] = after
        if has_request_context() and request.remote_addr:
            # Identity counts failed tries by the browser's address, not by ours; a browser's word for it is not taken.
            headers["X-Forwarded-For"] = request.remote_addr
        return headers


def service(name: str, *, bearer: str | None = None) -> Service:
    """bearer: another token than the user's (the ticket of one who registers)."""
    return Service(name, bearer=bearer)


def new_key() -> str:
    """An idempotency key for one rendering of a form."""
    return uuid4().hex


def open_http() -> httpx.Client:
    """The connections of this process; thread-safe."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    # One client serves all users, so a cookie that a service sets for one must never be sent for another.
    nobodys = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(timeout=_TIMEOUT, limits=limits, follow_redirects=False, trust_env=False, cookies=nobodys)


def _body(response: httpx.Response) -> Any:
    if "json" in response.headers.get("Content-Type", "") and response.content:
        return response.json()
    return response.content


def _code(response: httpx.Response) -> str:
    if not response.is_closed:
        response.read()
    try:
        return str(response.json().get("code", "token_invalid"))
    except ValueError:
        return "token_invalid"


def _refused(name: str, response: httpx.Response) -> Exception:
    try:
        problem = Refused.of(response.status_code, response.json())
    except (ValueError, AttributeError):
        return Unreachable(name)
    if response.status_code >= 500 and problem.code not in _OF_OTHERS:
        return Unreachable(name)
    if response.status_code == 401:
        return SignedOut(problem.code)
    return problem
