"""The portal speaks for many people through one client."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shenbao_portal.client import open_http


class _Setter(BaseHTTPRequestHandler):
    """Sets a cookie and tells which it was sent."""

    def do_GET(self) -> None:
        told = self.headers.get("Cookie", "none").encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "whose=annas; Path=/")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Setter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_cookie_that_a_service_sets_for_one_person_is_not_sent_for_another(address: str) -> None:
    with open_http() as http:
        assert http.get(address).text == "none"
        assert http.get(address).text == "none"
