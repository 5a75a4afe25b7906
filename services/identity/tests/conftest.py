"""The service under test, and a browser that signs in to it the way the portal lets one."""

import json
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from werkzeug.test import TestResponse

from shenbao_common.contracts.units import SubAccountCreatedV1, UnitRegisteredV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import SUB_ACCOUNT_PERMISSIONS, UNIT_PERMISSIONS, Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_identity.actions import deliveries
from shenbao_identity.app import create_app
from shenbao_identity.domain.pkce import challenge_of
from shenbao_identity.providers.mail import MailServer
from shenbao_identity.settings import Settings

PORTAL = ("portal", "portal-secret")
BACK = "http://portal.test/signed-in"
CLIENTS = [
    {
        "client_id": "portal",
        "secret": PORTAL[1],
        "redirect_uris": [BACK],
        "grants": ["authorization_code", "refresh_token"],
        "permissions": [],
    },
    {
        "client_id": "units",
        "secret": "units-secret",
        "redirect_uris": [],
        "grants": ["client_credentials"],
        "permissions": ["events.read"],
    },
    {"client_id": "other", "secret": "other-secret", "redirect_uris": ["http://other.test/cb?a=1"]}
    | {"grants": ["authorization_code"], "permissions": []},
]
PASSWORD = "Hang-Zhou7x"
OWN = {"IDENTITY_CLIENTS": json.dumps(CLIENTS), "IDENTITY_POLICY": json.dumps({"second_factor": []})}


class Browser:
    """One browser with its cookies, together with the portal that talks to identity for it."""

    def __init__(self, service: UnderTest) -> None:
        self.http = service.app.test_client()
        self.verifier = secrets.token_urlsafe(48)

    def authorize(self, **changes: str | None) -> TestResponse:
        asked = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": BACK,
            "scope": "openid profile",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        } | changes
        return self.http.get("/authorize", query_string={k: v for k, v in asked.items() if v is not None})

    def challenge(self) -> str:
        """Goes to the sign-in page."""
        return self.query_of(self.authorize(prompt="login"))["challenge"]

    def image(self) -> dict[str, str]:
        """Reads a new image code."""
        made = self.http.post("/v1/image-codes").json
        code = self.http.get(f"/v1/test/image-codes/{made['id']}").json["code"]
        return {"image_code_id": made["id"], "image_code": code}

    def enter(self, challenge: str, username: str, password: str, **changes: Any) -> TestResponse:
        body = {"username": username, "password": password, **self.image(), **changes}
        return self.http.post(f"/v1/sign-ins/{challenge}", json=body)

    def sign_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        """The whole way; answers the token endpoint's answer."""
        entered = self.enter(self.challenge(), username, password)
        assert entered.status_code == 200, entered.json
        return self.finish(entered.json["redirect_to"])

    def finish(self, redirect_to: str) -> dict[str, Any]:
        answer = self.redeem(self.query_of(self.follow(redirect_to))["code"])
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def follow(self, address: str) -> TestResponse:
        parts = urlsplit(address)
        return self.http.get(parts.path, query_string=parts.query)

    def redeem(self, code: str, **changes: str) -> TestResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": self.verifier,
        } | changes
        return self.http.post("/token", data=form, auth=PORTAL)

    def refresh(self, token: str) -> TestResponse:
        return self.http.post("/token", data={"grant_type": "refresh_token", "refresh_token": token}, auth=PORTAL)

    @staticmethod
    def query_of(response: TestResponse) -> dict[str, str]:
        """The parameters of the address that a response sends the browser to."""
        assert response.status_code == 302, response.text
        return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}

    def call(self, method: str, path: str, token: str, **options: Any) -> TestResponse:
        return self.http.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **options)


@pytest.fixture(scope="session")
def started(service_factory: ServiceFactory) -> UnderTest:
    return service_factory("identity", create_app, Settings, own_env=OWN)


@pytest.fixture
def identity(started: UnderTest) -> UnderTest:
    started.clear()
    return started


@pytest.fixture
def browser(identity: UnderTest) -> Browser:
    return Browser(identity)


@pytest.fixture
def another_browser(identity: UnderTest) -> Callable[[], Browser]:
    return lambda: Browser(identity)


@pytest.fixture
def unit(identity: UnderTest, browser: Browser) -> Callable[..., Actor]:
    """A registered unit's account: reserved through the API, confirmed by units' event."""

    def make(
        username: str = "unitA1",
        password: str = PASSWORD,
        *,
        credit_code: str = "",
        department_id: UUID | None = None,
        **more: str,
    ) -> Actor:
        body = {"username": username, "password": password, **browser.image(), **more}
        reserved = browser.http.post("/v1/account-reservations", json=body)
        assert reserved.status_code == 201, reserved.json
        account_id, unit_id = UUID(reserved.json["account_id"]), uuid7()
        identity.hear(
            UnitRegisteredV1(
                unit_id=unit_id,
                account_id=account_id,
                org_code="000000019",
                uscc=credit_code,
                department_id=department_id or uuid7(),
                name="示例科技有限公司",
                verified="registry",
            )
        )
        return Actor(
            account_id=account_id,
            kind=Kind.UNIT,
            revision=1,
            unit_id=unit_id,
            permissions=frozenset(UNIT_PERMISSIONS),
        )

    return make


@pytest.fixture
def sub_account(identity: UnderTest) -> Callable[..., dict[str, Any]]:
    """A sub-account of a unit, with these ticks; answers the reservation (account_id, initial_password, …)."""

    def make(owner: Actor, username: str, permissions: tuple[str, ...] = SUB_ACCOUNT_PERMISSIONS) -> dict[str, Any]:
        reserved = identity.client(owner).post("/v1/sub-account-reservations", json={"username": username})
        assert reserved.status_code == 201, reserved.json
        identity.hear(
            SubAccountCreatedV1(
                account_id=UUID(reserved.json["account_id"]),
                unit_id=owner.unit_id or uuid7(),
                permissions=permissions,
                state="enabled",
                revision=1,
            )
        )
        return dict(reserved.json)

    return make


class Mailbox:
    """A mail server: takes what comes, unless it refuses the receiver or is told to be busy."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answer = ""

    async def handle_RCPT(  # noqa: N802  (aiosmtpd names it)
        self, _s: Any, _session: Session, envelope: Envelope, to: str, _o: list[str]
    ) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _s: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        return "250 OK"


@pytest.fixture
def post(identity: UnderTest) -> Iterator[Callable[..., Mailbox]]:
    """Sends the mail that is due to a real server, and answers its mailbox."""
    box = Mailbox()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    server = MailServer(url=f"smtp://127.0.0.1:{port}", sender="Shenbao <noreply@shenbao.test>")

    def send(*, later: timedelta = timedelta(0), answer: str = "") -> Mailbox:
        box.answer = answer
        deliveries.deliver_due(identity.service.sessions, {"mail": server}, now=clock.now() + later)
        return box

    yield send
    controller.stop()
