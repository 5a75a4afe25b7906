"""The portal against services that a test writes as one function of the request."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from shenbao_portal.app import create_app
from shenbao_portal.settings import SERVICES, Settings

TRANSLATIONS = Path(__file__).parents[1] / "src/shenbao_portal/translations"

Answering = Callable[[httpx.Request], httpx.Response]


class Services:
    """What the services were asked, and the function that answers."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer: Answering = lambda _request: httpx.Response(404, json={"code": "not_found"})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)


def _token(*, kind: str = "unit", permissions: tuple[str, ...] = (), lives: int = 300, **claims: Any) -> str:
    """A token as far as the portal reads it; its signature is the services' affair."""
    own = {"unit": "u"} if kind == "unit" else {}
    body = {"sub": "a", "kind": kind, "perms": list(permissions), "exp": int(time.time()) + lives, **own, **claims}
    return ".".join(("h", base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode(), "s"))


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """The catalogues as `make setup` compiles them."""
    for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


@pytest.fixture
def token() -> Callable[..., str]:
    """Makes tokens: token(kind="unit", permissions=(), lives=300, **claims)."""
    return _token


@pytest.fixture
def settings() -> Settings:
    return Settings(
        profile="production",
        issuer="https://portal.example/api/identity",
        portal_url="https://portal.example",
        service_urls={name: f"http://{name}.test" for name in SERVICES},
        client_secret="secret",
        cookie_key=base64.b64encode(bytes(32)).decode(),
    )


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def portal(settings: Settings, services: Services) -> Iterator[Flask]:
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["portal_http"].close()
    with httpx.Client(transport=httpx.MockTransport(services)) as http:
        app.extensions["portal_http"] = http
        yield app


@pytest.fixture
def visitor(portal: Flask) -> FlaskClient:
    return portal.test_client()


@pytest.fixture
def signed_in(portal: Flask) -> Callable[..., FlaskClient]:
    """A browser with these things in its session."""

    def make(access: str, **more: Any) -> FlaskClient:
        browser = portal.test_client()
        with browser.session_transaction(base_url="https://portal.example") as session:
            session.update({"access": access, "refresh": "refresh-1", "username": "unitA1", "name": "unitA1"} | more)
        return browser

    return make
