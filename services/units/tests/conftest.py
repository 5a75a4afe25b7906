"""The service under test beside a register that is a small real HTTP server with recorded data, and first steps."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, unit_actor
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_units.api.registrations import REGISTRY
from shenbao_units.app import create_app
from shenbao_units.providers.registry import Registry
from shenbao_units.settings import Settings

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("register.json").read_text(encoding="utf-8"))
BROKEN = {
    "broken": (500, b""),
    "garbage": (200, b"<html>"),
    "half": (200, b'{"code": "000000019"}'),
    "list": (200, b"[]"),
    "huge": (200, b'"' + b"0" * 100_000 + b'"'),
    "elsewhere": (302, b""),
}


class _Register(ThreadingHTTPServer):
    """way: recorded | silent (takes the question and never answers) | a key of BROKEN."""

    daemon_threads = True
    way = "recorded"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.asked: list[str] = []
        self.closing = threading.Event()

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.way == "silent":
            self.closing.wait(10)
        if self.way != "recorded":
            return BROKEN.get(self.way, (404, b""))
        found = RECORDED.get(path.removeprefix("/organisations/"))
        return (200, json.dumps(found).encode()) if found else (404, b"")


class _Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = cast(_Register, self.server).answer(self.path)
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # The asker has gone.

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="session")
def _register() -> Iterator[_Register]:
    register = _Register()
    thread = threading.Thread(target=register.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield register
    register.closing.set()
    register.shutdown()
    thread.join()
    register.server_close()


@pytest.fixture
def register_url(_register: _Register) -> str:
    _register.asked.clear()
    _register.way = "recorded"
    return f"http://127.0.0.1:{_register.server_port}"


@pytest.fixture
def asked(_register: _Register, register_url: str) -> list[str]:
    """The paths that the register was asked for."""
    return _register.asked


@pytest.fixture
def register_is(_register: _Register, register_url: str) -> Callable[[str], None]:
    """Makes the register behave otherwise until the test ends."""

    def be(way: str) -> None:
        _register.way = way

    return be


@pytest.fixture(scope="session")
def started(service_factory: ServiceFactory) -> UnderTest:
    return service_factory("units", create_app, Settings, own_env={"UNITS_REGISTRY_URL": ""})


@pytest.fixture
def units(started: UnderTest, register_url: str) -> UnderTest:
    """The service with empty tables and a register that was never away."""
    started.clear()
    started.app.extensions[REGISTRY] = Registry(register_url)
    return started


@pytest.fixture
def ticket(units: UnderTest) -> Callable[..., str]:
    """An account ticket as identity signs it."""

    def sign(**changes: Any) -> str:
        claims = {"account_id": str(uuid7()), "username": "unitA1", "kind": "unit", "unit_id": None} | changes
        return units.slip("identity", "shenbao-ticket+jwt", {k: v if v is None else str(v) for k, v in claims.items()})

    return sign


@pytest.fixture
def department(units: UnderTest) -> Callable[..., UUID]:
    """Adds a first-level department under the city's bureau, through the API."""
    admin = units.client(admin_actor())
    body = {"code": "3301", "name": "杭州市人力资源和社会保障局", "level": "city_hr_bureau"}
    bureau = admin.post("/v1/organisations", json=body).json["id"]

    def add(name: str, level: str = "first_level_department", parent: UUID | None = None) -> UUID:
        code = f"D{uuid7().hex[-8:]}"
        body = {"code": code, "name": name, "level": level, "parent_id": str(parent or bureau)}
        return UUID(admin.post("/v1/organisations", json=body).json["id"])

    return add


@pytest.fixture
def registered(units: UnderTest, ticket: Callable[..., str], department: Callable[..., UUID]) -> Callable[..., Actor]:
    """Registers a recognised unit through the API and answers its account."""

    def register(department_id: UUID | None = None, code: str = "000000019") -> Actor:
        account_id = uuid7()
        body = {
            "code": code,
            "legal_representative": "王建国",
            "department_id": str(department_id or department(f"归口部门{account_id.hex[-6:]}")),
            "contact_name": "李想",
            "contact_phone": "13800000000",
            "ticket": ticket(account_id=account_id),
        }
        unit = units.client().post("/v1/registrations", json=body)
        assert unit.status_code == 201, unit.json
        return unit_actor(UUID(unit.json["id"]), account_id=account_id)

    return register


@pytest.fixture
def sub_ticket(ticket: Callable[..., str]) -> Callable[..., str]:
    """A ticket of a sub-account that this unit has reserved."""

    def sign(unit: Actor, username: str, account_id: UUID | None = None) -> str:
        return ticket(
            account_id=account_id or uuid7(), username=username, kind=Kind.SUB_ACCOUNT.value, unit_id=unit.unit_id
        )

    return sign


@pytest.fixture
def unit(registered: Callable[..., Actor]) -> Actor:
    return registered()


@pytest.fixture
def added(units: UnderTest, unit: Actor, sub_ticket: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Adds a sub-account of the unit through the API."""

    def add(username: str = "unitA1zhangsan", permissions: list[str] | None = None) -> dict[str, Any]:
        body = {
            "ticket": sub_ticket(unit, username),
            "display_name": username,
            "permissions": permissions or ["application.fill", "application.print"],
        }
        answer = units.client(unit).post("/v1/sub-accounts", json=body)
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        return made

    return add
