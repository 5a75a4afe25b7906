"""Other systems: registered by administrators, tiles of persons, never an actor in the suite."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest

BACK = "https://talent.example/back"
WANTED = {
    "client_id": "talent-introduction",
    "label_zh": "人才引进申办系统",
    "label_en": "Talent introduction",
    "redirect_uris": [BACK],
    "start_url": "https://talent.example/",
}


@pytest.fixture
def secret(identity: UnderTest, admin: Actor) -> str:
    """Of a system that was registered."""
    made = identity.client(admin).post("/v1/clients", json=WANTED)
    assert made.status_code == 201, made.json
    return str(made.json["client_secret"])


def redeem(browser: Any, code: str, secret: str) -> TestResponse:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": browser.verifier}
    answer: TestResponse = browser.http.post("/token", data=form, auth=(WANTED["client_id"], secret))
    return answer


@pytest.mark.req("S2-01")
def test_a_module_is_added_to_the_own_systems_and_opens_without_a_second_sign_in(
    browser: Any, person: Callable[..., str], secret: str
) -> None:
    account_id = person()
    token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
    tile = {name: WANTED[name] for name in ("client_id", "label_zh", "label_en", "start_url")}
    assert browser.call("GET", "/v1/me/modules", token).json["items"] == [tile | {"own": False}]
    assert browser.call("PUT", "/v1/me/modules/talent-introduction", token).status_code == 204
    assert browser.call("PUT", "/v1/me/modules/talent-introduction", token).status_code == 204
    assert browser.call("GET", "/v1/me/modules", token).json["items"] == [tile | {"own": True}]
    assert browser.call("PUT", "/v1/me/modules/nobody", token).status_code == 404

    code = browser.query_of(browser.authorize(client_id=WANTED["client_id"], redirect_uri=BACK))["code"]
    tokens = redeem(browser, code, secret).json
    user = browser.call("GET", "/userinfo", tokens["access_token"]).json
    assert (user["sub"], user["name"]) == (account_id, "张三")

    assert browser.call("DELETE", "/v1/me/modules/talent-introduction", token).status_code == 204
    assert browser.call("GET", "/v1/me/modules", token).json["items"] == [tile | {"own": False}]


def test_an_administrator_reads_a_system_without_its_secret_and_changes_what_was_read(
    identity: UnderTest, admin: Actor, secret: str
) -> None:
    client, path = identity.client(admin), f"/v1/clients/{WANTED['client_id']}"
    shown = client.get(path)
    assert shown.json.items() >= WANTED.items()
    assert secret not in shown.text
    changed = client.patch(path, json={"active": False}, headers={"If-Match": shown.headers["ETag"]})
    assert (changed.status_code, client.get(path).json["active"]) == (200, False)
    assert client.get("/v1/clients/nobody").status_code == 404
    assert identity.client(office_actor()).get(path).status_code in {401, 403}


def test_what_another_system_is_given_opens_nothing_in_the_suite(
    browser: Any, unit: Callable[..., Actor], secret: str
) -> None:
    unit("unitA1")
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize(client_id=WANTED["client_id"], redirect_uri=BACK))["code"]
    access = redeem(browser, code, secret).json["access_token"]
    assert browser.call("POST", "/userinfo", access).status_code == 200
    for method, path in (("GET", "/v1/me"), ("GET", "/v1/accounts"), ("GET", "/v1/events")):
        refused = browser.call(method, path, access)
        assert (refused.status_code, refused.json["code"]) == (401, "token_invalid")


def test_a_system_out_of_use_loses_what_it_was_given(
    browser: Any, identity: UnderTest, admin: Actor, unit: Callable[..., Actor], secret: str
) -> None:
    unit("unitA1")
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize(client_id=WANTED["client_id"], redirect_uri=BACK))["code"]
    client = identity.client(admin)
    stale = client.patch("/v1/clients/talent-introduction", json={"active": False}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    changed = client.patch("/v1/clients/talent-introduction", json={"active": False}, headers={"If-Match": '"1"'})
    assert changed.json["active"] is False
    assert redeem(browser, code, secret).status_code == 401
    assert browser.authorize(client_id=WANTED["client_id"], redirect_uri=BACK).status_code == 422
    assert client.get("/v1/clients").json["items"][0]["client_id"] == "talent-introduction"
    assert secret not in str(client.get("/v1/clients").json)


@pytest.mark.parametrize(
    "address",
    [
        "http://talent.example/",
        "https://talent.example/#x",
        "javascript:alert(1)",
        "https://*.example/",
        "https://[",
        "x",
        "https://talent.example/a\r\nSet-Cookie: a=1",
        "https://talent.exa\tmple/",
        "https://good.example@evil.example/",
        "https://good.example:pass@evil.example/",
        "https://good.example\\@evil.example/",
        "https://talent.example:port/",
        "https://talent.example/ x",
    ],
)
def test_an_address_is_whole_and_https(identity: UnderTest, admin: Actor, address: str) -> None:
    wanted = WANTED | {"redirect_uris": [BACK, address], "start_url": address}
    refused = identity.client(admin).post("/v1/clients", json=wanted)
    found = {(e["path"], e["code"]) for e in refused.json["errors"]}
    assert found == {("redirect_uris.1", "wrong_address"), ("start_url", "wrong_address")}


def test_an_id_is_taken_once_and_never_that_of_the_suite(identity: UnderTest, admin: Actor, secret: str) -> None:
    client = identity.client(admin)
    for taken in ("talent-introduction", "portal"):
        refused = client.post("/v1/clients", json=WANTED | {"client_id": taken})
        assert [e["code"] for e in refused.json["errors"]] == ["client_id_taken"]
    assert client.post("/v1/clients", json=WANTED | {"client_id": "Ä b"}).status_code == 422


def test_systems_are_an_administrators_to_register(identity: UnderTest) -> None:
    stranger = identity.client(office_actor())
    for method, path in (("GET", "/v1/clients"), ("POST", "/v1/clients"), ("PATCH", "/v1/clients/x")):
        assert stranger.open(path, method=method, json=WANTED).status_code in {401, 403, 422}
    assert stranger.get("/v1/me/modules").status_code in {401, 403}
