"""Somebody else's webhook: a real HTTP server in this process that answers as a test wants, and verifies signatures."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast

from joserfc import jws
from joserfc.jwk import KeySet


@dataclass(frozen=True)
class Post:
    """One request to the webhook; at: when it came, in seconds of the epoch."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_by(self, jwks: dict[str, Any]) -> bool:
        """As docs/subscribing.md tells a subscriber to do it."""
        keys = KeySet.import_key_set(jwks)  # type: ignore[arg-type]
        jws.deserialize_compact(self.headers["Shenbao-Signature"], keys, payload=self.body)
        return True


class Receiver(ThreadingHTTPServer):
    """answer: what a post gets, a status, or a function of it; headers: of every answer. tokens: how often it gave one.

    wanted: the bearer token that posts must carry; None: they need none.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.answer: int | Callable[[Post], int] = 204
        self.headers: dict[str, str] = {}
        self.posts: list[Post] = []
        self.taken: list[Post] = []
        self.token_requests: list[Post] = []
        self.wanted: str | None = None
        self.refuse_tokens = False
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events"

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def events(self) -> list[dict[str, Any]]:
        """What was taken, in the order in which it came."""
        return [post.event for post in self.taken]

    def take(self, post: Post) -> tuple[int, bytes]:
        if post.path == "/token":
            return self._token(post)
        if self.wanted is not None and post.headers.get("Authorization") != f"Bearer {self.wanted}":
            status = int(HTTPStatus.UNAUTHORIZED)
        else:
            status = self.answer if isinstance(self.answer, int) else self.answer(post)
        with self._lock:
            self.posts.append(post)
            if 200 <= status < 300:
                self.taken.append(post)
        return status, b""

    def _token(self, post: Post) -> tuple[int, bytes]:
        self.token_requests.append(post)
        if self.refuse_tokens:
            return HTTPStatus.UNAUTHORIZED, b"{}"
        self.wanted = f"token-{len(self.token_requests)}"
        return 200, json.dumps({"access_token": self.wanted, "token_type": "Bearer", "expires_in": 300}).encode()


class _Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        server = cast(Receiver, self.server)
        body = self.rfile.read(length := int(self.headers["Content-Length"]))
        if len(body) < length:
            self.close_connection = True  # The asker died in the middle of its request.
            return
        status, said = server.take(Post(self.path, dict(self.headers.items()), body))
        try:
            self.send_response(status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        except OSError:
            self.close_connection = True  # The asker has gone.

    def log_message(self, *_: object) -> None:
        """Says nothing."""
