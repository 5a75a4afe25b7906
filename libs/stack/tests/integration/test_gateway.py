"""The gateway passes requests and answers on as they are, and keeps nothing of them."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from werkzeug.serving import make_server
from werkzeug.test import Client

from shenbao_stack import gateway
from shenbao_stack.services import SERVICES, prefix
from shenbao_stack.stack import free_port


@pytest.fixture(scope="module")
def behind() -> Iterator[str]:
    """One server in place of all services and the portal."""
    app = Flask(__name__)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def echo(path: str) -> Response:
        del path
        answer = Response(
            f"{request.method} {request.full_path} {request.get_data(as_text=True)} {dict(request.cookies)}"
        )
        answer.headers.add("Set-Cookie", "first=1; Path=/")
        answer.headers.add("Set-Cookie", "second=2; Path=/")
        return answer

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def test_path_query_body_and_every_cookie_pass(behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _entry(monkeypatch, behind)
    path = "/api/units/v1/%E5%8D%95?q=a%20b"
    answer = entry.post(path, data=b"body", environ_overrides={"RAW_URI": path})
    assert answer.text.startswith("POST /api/units/v1/单?q=a%20b body")
    assert answer.headers.getlist("Set-Cookie") == ["first=1; Path=/", "second=2; Path=/"]


def test_one_callers_cookies_do_not_reach_the_next(behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _entry(monkeypatch, behind)
    for _ in range(2):
        assert entry.get("/", environ_overrides={"RAW_URI": "/"}).text.endswith("{}")


def test_a_service_that_is_away_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _entry(monkeypatch, f"http://127.0.0.1:{free_port()}")
    assert entry.get("/", environ_overrides={"RAW_URI": "/"}).status_code == 502


def _entry(monkeypatch: pytest.MonkeyPatch, origin: str) -> Client:
    for service in SERVICES:
        monkeypatch.setenv(f"SHENBAO_{service.upper()}_URL", origin + prefix(service))
    monkeypatch.setenv("GATEWAY_PORTAL_URL", origin)
    monkeypatch.setenv("SHENBAO_PROFILE", "production")
    return Client(gateway.app(), use_cookies=False)
