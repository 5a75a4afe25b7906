"""A service as its image starts it, a bare view beside it that writes as often, and the clients that ask both."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, jsonify, request

from shenbao_common.testing.service import ISSUER, UnderTest, count_queries, environment
from shenbao_common.web.tokens import Signer
from shenbao_stack.stack import free_port
from shenbao_stack.waiting import answers, until

ROOT = Path(__file__).parents[1]
CLIENTS = 4
_WRITING = re.compile(r"\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM|MERGE INTO)\b")
_GUNICORN = ("--config", "python:shenbao_common.web.serving", "--workers", "2", "--threads", "8")


@dataclass(frozen=True)
class Ask:
    """One request that writes."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Writes:
    """How many statements of a request write."""

    inserts: int
    updates: int


def writes_of(service: UnderTest, ask: Ask) -> Writes:
    """Counted while it is asked for once, with the key that every client of the house sends."""
    with count_queries(service) as sent:
        keyed = {**ask.headers, "Idempotency-Key": uuid4().hex}
        answer = service.client().open(ask.path, method=ask.method, data=ask.body, headers=keyed)
    if answer.status_code not in {200, 201}:
        raise AssertionError(answer.json)
    # One statement may write twice: the audit trail's entry moves the head of its lane.
    verbs = [verb.split(maxsplit=1)[0] for statement in sent for verb in _WRITING.findall(statement)]
    if {"DELETE", "MERGE"} & set(verbs):
        raise AssertionError("the bare view does neither")
    return Writes(verbs.count("INSERT"), verbs.count("UPDATE"))


def bare() -> Flask:
    """What gunicorn serves for comparison: reads JSON, keeps its text, writes as often, commits once, answers JSON."""
    engine = sa.create_engine(os.environ["APPLICATIONS_DATABASE_URL"], pool_size=10, max_overflow=10)
    entry = sa.table("bench_entry", sa.column("id", sa.Uuid), sa.column("a", sa.Text))
    app = Flask("bare")

    @app.get("/health/ready")
    def ready() -> Any:
        return jsonify(status="ok")

    @app.post("/entries/<int:inserts>/<int:updates>")
    def write(inserts: int, updates: int) -> Any:
        given = json.dumps(request.get_json())
        ids = [uuid4() for _ in range(inserts)]
        with engine.begin() as connection:
            for number, entry_id in enumerate(ids):
                connection.execute(sa.insert(entry).values(id=entry_id, a="" if number else given))
            for number in range(updates):
                one = entry.c.id == ids[number % len(ids)]
                connection.execute(sa.update(entry).where(one).values(a=given if number == 0 else ""))
        return jsonify(ids=[str(entry_id) for entry_id in ids])

    return app


def as_bare(asks: Sequence[Ask], writes: Writes) -> list[Ask]:
    """The same bodies for the bare view."""
    path = f"/entries/{writes.inserts}/{writes.updates}"
    return [Ask("POST", path, one.headers, one.body) for one in asks]


def rate(port: int, asks: Sequence[Ask]) -> float:
    """Requests per second of a few clients that keep their connections."""
    shares = [asks[n::CLIENTS] for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        list(pool.map(_ask_all, [port] * CLIENTS, shares))
        return len(asks) / (time.perf_counter() - began)


def _ask_all(port: int, asks: Sequence[Ask]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for one in asks:
        answer(connection, one)
    connection.close()


def answer(connection: HTTPConnection, ask: Ask) -> bytes:
    """The body of a good answer."""
    connection.request(ask.method, ask.path, ask.body, {**ask.headers, "Idempotency-Key": uuid4().hex})
    came = connection.getresponse()
    body = came.read()
    if came.status not in {200, 201}:
        raise AssertionError(f"{ask.method} {ask.path}: {came.status} {body!r}")
    return body


@contextmanager
def keys() -> Iterator[str]:
    """Identity's published keys behind an address, as services fetch them; documents' too, for its receipts."""
    published = {
        f"/{name}": json.dumps(Signer(issuer, _key(name)).published()).encode()
        for name, issuer in (("identity", ISSUER), ("documents", "documents"))
    }

    class Published(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(published["/" + self.path.split("/")[1]])

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Published) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _key(service: str) -> str:
    return environment(service, "", {})[f"{service.upper()}_SIGNING_KEY"]


@contextmanager
def served(app: str, env: Mapping[str, str], *more: str) -> Iterator[int]:
    """The app in a gunicorn of its own, as the images start it but for what `more` says; answers its port."""
    port = free_port()
    quiet = ("--log-level", "warning", "--bind", f"127.0.0.1:{port}")
    command = [sys.executable, "-m", "gunicorn", *_GUNICORN, *quiet, *more, app]
    process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), seconds=60, what=app)
        yield port
    finally:
        process.terminate()
        process.wait()
