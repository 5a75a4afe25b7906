"""Calling the services with the user's token."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from shenbao_portal.app import create_app
from shenbao_portal.settings import Settings
from shenbao_portal.signed_in import Renewals

HOME = "https://portal.example"
MANAGER = ("profile.change", "unit.manage", "sub_account.manage", "password.change")
UNIT = {
    "name": "示例科技有限公司",
    "code": "000000019",
    "uscc": "",
    "legal_representative": "王建国",
    "department": {"id": "d1", "name": "杭州市科技局"},
    "registered_at": "2026-01-02T03:04:05+00:00",
    "contact_name": "",
    "contact_phone": "",
    "address": "",
}


def the_unit(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/units/mine":
        return httpx.Response(200, json=UNIT, headers={"ETag": '"1"', "Shenbao-Version": "units.x.v1:e1"})
    return httpx.Response(200, json={"items": [], "next": None})


def test_an_outdated_token_is_renewed_once_and_the_call_repeated(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    new = token(permissions=MANAGER, rev=2)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            assert b"refresh-1" in request.read()
            return httpx.Response(200, json={"access_token": new, "refresh_token": "refresh-2"})
        if request.headers["Authorization"] != f"Bearer {new}":
            return httpx.Response(401, json={"code": "token_outdated"})
        return the_unit(request)

    services.answer = answer
    browser = signed_in(token(permissions=MANAGER, rev=1))

    answered = browser.get("/unit/profile", base_url=HOME)

    assert answered.status_code == 200
    assert "示例科技有限公司" in answered.text
    assert [r.url.path for r in services.asked].count("/token") == 1
    with browser.session_transaction(base_url=HOME) as session:
        assert session["refresh"] == "refresh-2"


def test_a_token_about_to_end_is_renewed_before_the_call(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    new = token(permissions=MANAGER)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": new, "refresh_token": "refresh-2"})
        assert request.headers["Authorization"] == f"Bearer {new}"
        return the_unit(request)

    services.answer = answer

    assert signed_in(token(permissions=MANAGER, lives=3)).get("/unit/profile", base_url=HOME).status_code == 200


def test_a_disabled_account_is_signed_out_and_told_why(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = lambda _request: httpx.Response(401, json={"code": "account_disabled"})
    browser = signed_in(token(permissions=MANAGER))

    answered = browser.get("/unit/profile", base_url=HOME, follow_redirects=True)

    assert "该账号已被禁用" in answered.text
    with browser.session_transaction(base_url=HOME) as session:
        assert "access" not in session


def test_a_refused_renewal_leads_to_the_sign_in(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(400, json={"error": "invalid_grant"})
        return httpx.Response(401, json={"code": "token_expired"})

    services.answer = answer

    answered = signed_in(token(permissions=MANAGER)).get("/unit/profile", base_url=HOME)

    assert answered.status_code == 303
    assert answered.headers["Location"] == "/sign-in?why=session_over&back=/unit/profile"


@pytest.mark.parametrize(
    ("headers", "back"),
    [
        ({"Referer": f"{HOME}/unit/accounts?state=enabled"}, "&back=/unit/accounts?state%3Denabled"),
        ({"HX-Request": "true", "HX-Current-URL": f"{HOME}/unit/accounts"}, "&back=/unit/accounts"),
        ({"Referer": "https://elsewhere.example/unit/accounts"}, ""),
        ({"Referer": f"{HOME}/image-code"}, ""),
        ({}, ""),
    ],
    ids=["form", "part", "another site", "no page", "not told"],
)
def test_who_signs_in_again_after_a_form_comes_back_to_its_page(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any, headers: dict[str, str], back: str
) -> None:
    services.answer = lambda _: httpx.Response(401, json={"code": "session_over"})

    answered = signed_in(token(permissions=MANAGER)).post("/unit/profile", base_url=HOME, headers=headers)

    to = answered.headers.get("HX-Redirect") or answered.headers["Location"]
    assert to == f"/sign-in?why=session_over{back}"


def test_what_a_write_told_is_asked_of_the_next_calls(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = the_unit
    browser = signed_in(token(permissions=MANAGER))

    browser.post("/unit/profile", data={"contact_name": "李", "etag": '"1"'}, base_url=HOME)
    services.asked.clear()
    browser.get("/unit/profile", base_url=HOME)

    assert {r.headers["Shenbao-After"] for r in services.asked} == {"units.x.v1:e1"}


def test_an_edit_carries_the_etag_of_what_was_shown(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = the_unit

    signed_in(token(permissions=MANAGER)).post(
        "/unit/profile", data={"contact_name": "李", "etag": '"1"'}, base_url=HOME
    )

    written = next(r for r in services.asked if r.method == "PATCH")
    assert written.headers["If-Match"] == '"1"'


def test_a_service_that_is_away_is_named_and_the_rest_goes_on(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    services.answer = answer
    browser = signed_in(token(permissions=MANAGER))

    answered = browser.get("/unit/profile", base_url=HOME)

    assert answered.status_code == 503
    assert "单位服务暂时没有响应" in answered.text
    assert browser.get("/", base_url=HOME).status_code == 303


def test_simultaneous_requests_share_one_renewal(portal: Flask, services: Any) -> None:
    gate = threading.Barrier(4)
    services.answer = lambda _request: httpx.Response(200, json={"access_token": "new", "refresh_token": "r2"})
    renewals, got = Renewals(), []

    def renew() -> None:
        with portal.app_context():
            gate.wait()
            got.append(renewals.renewed("r1")["refresh_token"])

    threads = [threading.Thread(target=renew) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == ["r2"] * 4
    assert len(services.asked) == 1


def test_objections_of_a_service_stand_at_their_fields(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            errors = [{"code": "wrong_format", "path": "contact_phone", "params": {}}]
            return httpx.Response(422, json={"code": "invalid", "errors": errors})
        return the_unit(request)

    services.answer = answer

    page = signed_in(token(permissions=MANAGER)).post(
        "/unit/profile", data={"contact_phone": "12", "etag": '"1"'}, base_url=HOME
    )

    assert 'href="#contact_phone"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert 'value="12"' in page.text


@pytest.mark.parametrize(("proxies", "told"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_services_are_told_the_browsers_address_by_a_trusted_proxy_only(
    settings: Settings, services: Any, proxies: int, told: str
) -> None:
    app = create_app(replace(settings, trusted_proxies=proxies))
    app.extensions["portal_http"].close()
    with httpx.Client(transport=httpx.MockTransport(services)) as http:
        app.extensions["portal_http"] = http
        claimed = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
        app.test_client().get("/sign-in?challenge=c", base_url=HOME, headers=claimed)
    assert {request.headers["X-Forwarded-For"] for request in services.asked} == {told}


def test_an_answer_without_content_is_no_trouble(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": token(permissions=MANAGER), "refresh_token": "refresh-2"})
        return httpx.Response(204, headers={"Content-Type": "application/json"})

    services.answer = answer
    passwords = {"old_password": "a", "new_password": "b", "again": "b"}

    answered = signed_in(token(permissions=MANAGER)).post("/password", data=passwords, base_url=HOME)

    assert answered.headers["Location"] == "/password"
