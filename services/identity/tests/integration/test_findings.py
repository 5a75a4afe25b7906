"""What an attack on this service once found, each as a test."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account, BrowserSession

HINTED = {"post_logout_redirect_uri": "http://portal.test"}


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_strangers_hint_signs_nobody_else_out(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor], headers: dict[str, str]
) -> None:
    unit("unitA1")
    unit("unitB1")
    attacker = another_browser().sign_in("unitB1")
    victim = browser.sign_in("unitA1")
    lured = browser.http.get("/logout", query_string=HINTED | {"id_token_hint": attacker["id_token"]}, headers=headers)
    assert lured.status_code == 302
    assert "Set-Cookie" not in lured.headers
    assert "code" in browser.query_of(browser.authorize(prompt="none"))
    assert browser.refresh(victim["refresh_token"]).status_code == 200
    assert browser.refresh(attacker["refresh_token"]).json["error"] == "invalid_grant"


def test_an_older_hint_of_the_same_account_signs_this_browser_out(browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    older, tokens = browser.sign_in("unitA1"), browser.sign_in("unitA1")
    left = browser.http.get("/logout", query_string=HINTED | {"id_token_hint": older["id_token"]})
    assert "shenbao-identity=;" in left.headers["Set-Cookie"]
    assert browser.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_ways_into_an_account_are_changed_only_soon_after_a_sign_in(
    browser: Any, unit: Callable[..., Actor], identity: UnderTest
) -> None:
    unit("unitA1")
    tokens = browser.sign_in("unitA1")
    made = browser.call("POST", "/v1/me/totp", tokens["access_token"]).json
    with identity.service.sessions.begin() as session:
        signed_in_at = clock.now() - timedelta(minutes=11)
        session.execute(sa.update(BrowserSession).values(auth_time=signed_in_at))
    stolen = browser.refresh(tokens["refresh_token"]).json["access_token"]
    key = {"name": "k", "slip": made["slip"], "credential": {}}
    code = {"code": pyotp.TOTP(made["secret"]).now(), "slip": made["slip"]}
    for method, path, body in (
        ("POST", "/v1/me/totp", None),
        ("PUT", "/v1/me/totp", code),
        ("DELETE", "/v1/me/totp", None),
        ("POST", "/v1/me/security-key-options", None),
        ("POST", "/v1/me/security-keys", key),
        ("DELETE", "/v1/me/security-keys/x", None),
    ):
        refused = browser.call(method, path, stolen, json=body)
        assert (refused.status_code, refused.json["code"]) == (403, "sign_in_again"), path
        assert refused.json["params"] == {"max_age": 600}
    again = browser.sign_in("unitA1")["access_token"]
    assert browser.call("PUT", "/v1/me/totp", again, json=code).status_code == 204


def test_an_access_token_alone_binds_no_other_mobile(
    browser: Any, proof: Callable[[str], dict[str, str]], unit: Callable[..., Actor], identity: UnderTest
) -> None:
    unit("unitA1")
    tokens = browser.sign_in("unitA1")
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(BrowserSession).values(auth_time=clock.now() - timedelta(minutes=11)))
    old = browser.refresh(tokens["refresh_token"]).json["access_token"]
    proved = proof("13900001111")
    refused = browser.call("PUT", "/v1/me/mobile", old, json=proved)
    assert (refused.status_code, refused.json["code"]) == (403, "sign_in_again")
    assert browser.call("GET", "/v1/me/recent-sign-in", old).json["code"] == "sign_in_again"
    again = browser.sign_in("unitA1")["access_token"]
    assert browser.call("GET", "/v1/me/recent-sign-in", again).status_code == 204
    # The code that came with the refused request is still good.
    assert browser.call("PUT", "/v1/me/mobile", again, json=proved).status_code == 200


def test_bytes_that_are_no_base64_prove_no_client(browser: Any) -> None:
    for header in ("Basic \xff", "Basic \xff\xfe\xfd", "Basic /w==", "Basic"):
        for path in ("/token", "/revoke"):
            answer = browser.http.post(path, data={}, environ_overrides={"HTTP_AUTHORIZATION": header})
            assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), header


def test_an_age_beyond_all_numbers_is_a_wrong_request(browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    browser.sign_in("unitA1")
    for age in ("9" * 5000, "9" * 10, "-1", "1e3"):
        assert browser.query_of(browser.authorize(max_age=age))["error"] == "invalid_request"
    assert "code" in browser.query_of(browser.authorize(max_age="999999999"))


def test_an_id_registered_four_times_at_once_is_one_system(identity: UnderTest, admin: Actor) -> None:
    wanted = {"client_id": "talent", "label_zh": "人才", "label_en": "Talent", "redirect_uris": ["https://t.example/"]}
    barrier = threading.Barrier(4)

    def register(_: int) -> int:
        client = identity.client(admin)
        barrier.wait()
        return int(client.post("/v1/clients", json=wanted).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(register, range(4))) == [201, 422, 422, 422]


def test_the_first_sign_ins_of_one_person_by_four_provinces_at_once_make_one_account(
    identity: UnderTest, demanding: Callable[..., Any], another_browser: Callable[[], Any]
) -> None:
    keys = ("north", "east", "south", "west")
    province = demanding(*({"key": key} for key in keys))
    zhang = {"name": "张三", "id_number": "330000199001010014", "mobile": "13800000000", "acr": "urn:shenbao:loa:4"}
    province.is_asked_for("zhang-1", **zhang)
    ready = []
    for key in keys:
        browser = another_browser()
        leaving = browser.http.get(f"/v1/sign-ins/{browser.challenge()}/providers/{key}")
        ready.append((browser, httpx.get(leaving.headers["Location"]).headers["Location"]))
    barrier = threading.Barrier(len(keys))

    def arrive(came: tuple[Any, str]) -> str:
        browser, back = came
        barrier.wait()
        tokens = browser.finish(browser.follow(back).headers["Location"])
        return str(browser.call("GET", "/v1/me", tokens["access_token"]).json["account_id"])

    with ThreadPoolExecutor(len(keys)) as pool:
        assert len(set(pool.map(arrive, ready))) == 1
    with identity.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1
