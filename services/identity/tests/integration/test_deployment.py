"""Mounted under a path, behind https, with its worker and its command."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from shenbao_common.bus.outbox import record
from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest, eventually
from shenbao_identity import bootstrap, worker
from shenbao_identity.actions.accounts import FirstAdministrator
from shenbao_identity.app import create_app
from shenbao_identity.models import Account, ImageCode
from shenbao_identity.settings import Settings


def test_checklist_22_under_a_path_and_https_cookies_are_safe(identity: UnderTest, browser: Any) -> None:
    settings = identity.service.settings
    assert isinstance(settings, Settings)
    issuer = "https://shenbao.example/api/identity"
    app = create_app(replace(settings, issuer=issuer, portal_url="https://shenbao.example"))
    mounted = Client(DispatcherMiddleware(lambda *_: [b""], {"/api/identity": app}))

    found = mounted.get("/api/identity/.well-known/openid-configuration").json
    assert found["issuer"] == issuer
    assert found["jwks_uri"] == f"{issuer}/.well-known/jwks.json"
    assert mounted.get(urlsplit(found["jwks_uri"]).path).json["keys"]

    asked = browser.authorize(prompt="login").request.query_string
    left = mounted.get(f"/api/identity/authorize?{asked.decode()}")
    assert left.headers["Location"].startswith("https://shenbao.example/sign-in?challenge=")
    cookie = left.headers["Set-Cookie"]
    assert cookie.startswith("__Secure-shenbao-browser=")
    assert {"Secure", "HttpOnly", "Path=/api/identity", "SameSite=Lax"} <= {p.strip() for p in cookie.split(";")}
    app.extensions["shenbao"].engine.dispose()


def test_the_worker_cleans_and_ends_when_told(identity: UnderTest, browser: Any) -> None:
    browser.http.post("/v1/image-codes")
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(ImageCode).values(expires_at=clock.now()))
    settings = identity.service.settings
    assert isinstance(settings, Settings)
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(settings, stop))
    working.start()
    try:
        assert eventually(lambda: _count(identity, ImageCode) == 0)
    finally:
        stop.set()
        working.join(timeout=15)
    assert not working.is_alive()


def test_the_command_makes_an_administrator_who_must_change_the_password(identity: UnderTest, browser: Any) -> None:
    settings = identity.service.settings
    assert isinstance(settings, Settings)
    bootstrap.make(settings, FirstAdministrator(username="admin", password="First-One-11", is_final=False))
    bootstrap.make(settings, FirstAdministrator(username="admin", password="Other-One-11", is_final=True))
    assert _count(identity, Account) == 1
    entered = browser.enter(browser.challenge(), "admin", "First-One-11")
    assert entered.json == {"password_change_required": True}


@pytest.mark.req("B-19")
def test_a_sign_in_right_after_the_registration_waits_for_its_news(identity: UnderTest, browser: Any) -> None:
    envelope = identity.envelope(example_event(OrganisationCreatedV1))
    after = {"Shenbao-After": f"units.organisation_created.v1:{envelope.id}"}
    path = f"/v1/sign-ins/{browser.challenge()}"
    answer = browser.http.get(path, headers=after)
    assert (answer.status_code, answer.json["code"]) == (503, "behind")
    with identity.service.sessions.begin() as session:
        identity.service.subscriptions.deliver(session, envelope)
    assert browser.http.get(path, headers=after).status_code == 200


def test_simultaneous_guesses_are_all_counted(another_browser: Callable[[], Any], unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    tried = []

    def guess() -> None:
        one = another_browser()
        tried.append(one.enter(one.challenge(), "unitA1", "Wrong-Pass1").status_code)

    guesses = [threading.Thread(target=guess) for _ in range(8)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()
    assert sorted(tried) == [422] * 5 + [429] * 3


def test_a_code_sent_twice_at_once_is_good_once(browser: Any, another_browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize())["code"]
    answers = []

    def redeem() -> None:
        one = another_browser()
        one.verifier = browser.verifier
        answers.append(one.redeem(code).status_code)

    tries = [threading.Thread(target=redeem) for _ in range(4)]
    for thread in tries:
        thread.start()
    for thread in tries:
        thread.join()
    assert sorted(answers) == [200, 400, 400, 400]


def test_an_initial_password_sent_twice_at_once_opens_one_form(identity: UnderTest, another_browser: Any) -> None:
    settings = identity.service.settings
    assert isinstance(settings, Settings)
    bootstrap.make(settings, FirstAdministrator(username="admin", password="First-One-11", is_final=False))
    answers = []

    def enter() -> None:
        one = another_browser()
        answers.append(one.enter(one.challenge(), "admin", "First-One-11").status_code)

    tries = [threading.Thread(target=enter) for _ in range(3)]
    for thread in tries:
        thread.start()
    for thread in tries:
        thread.join()
    assert sorted(answers) == [200, 422, 422]


def test_what_identity_tells_is_on_its_feed(identity: UnderTest, browser: Any) -> None:
    event = AccountChangedV1(account_id=uuid7(), revision=1, kind="unit", state="active")
    with identity.service.sessions.begin() as session:
        record(session, event, revision=1)
    token = browser.http.post("/token", data={"grant_type": "client_credentials"}, auth=("units", "units-secret"))
    answer = browser.call("GET", "/v1/events", token.json["access_token"])
    assert answer.status_code == 200
    assert browser.http.get("/v1/events").status_code == 401


def _count(identity: UnderTest, row: type[Any]) -> int:
    with identity.sessions() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(row)) or 0
