"""One port before many processes: what the ingress does in production, for a split stack on one machine."""

import os
from collections.abc import Iterable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpx
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Request, Response

from shenbao_stack import demo
from shenbao_stack.services import SERVICES, prefix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}


def app() -> "WSGIApplication":
    """Each service under its prefix, the demo's outside parties, all else to the portal."""
    services = {prefix(s): _pass_to(os.environ[f"SHENBAO_{s.upper()}_URL"].removesuffix(prefix(s))) for s in SERVICES}
    portal = _pass_to(os.environ["GATEWAY_PORTAL_URL"])
    return DispatcherMiddleware(portal, services | demo.mounts(os.environ))


def _pass_to(origin: str) -> "WSGIApplication":
    nobodys = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # cookies are the browsers', never ours
    client = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=16), cookies=nobodys)

    def forward(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in _OF_ONE_HOP]
        url = origin + environ["RAW_URI"]  # unquoted nowhere on the way
        asked = client.build_request(request.method, url, headers=headers, content=request.get_data())
        try:
            answer = client.send(asked, stream=True)
        except httpx.TransportError:
            return Response("This service is away for a moment.", status=502)(environ, start_response)
        passed = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in _OF_ONE_HOP]
        start_response(f"{answer.status_code} {answer.reason_phrase}", passed)
        return _body(answer)

    return forward


def _body(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_raw()
    finally:
        answer.close()
