"""Signing in by a province: real HTTP against a real provider, right and misbehaving."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa

from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

ZHANG = {"name": "张三", "id_number": "330000199001010014", "mobile": "13800000000", "acr": "urn:shenbao:loa:4"}


def depart(browser: Any, challenge: str) -> str:
    """Where identity sends the browser."""
    answer = browser.http.get(f"/v1/sign-ins/{challenge}/providers/province")
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def arrive(browser: Any, at_provider: str) -> Any:
    """Signs in at the provider and comes back."""
    return browser.follow(httpx.get(at_provider).headers["Location"])


def sign_in(browser: Any) -> dict[str, Any]:
    back = arrive(browser, depart(browser, browser.challenge()))
    tokens = browser.finish(back.headers["Location"])
    return dict(browser.call("GET", "/v1/me", tokens["access_token"]).json)


def error_of(answer: Any) -> str:
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == "http://portal.test/sign-in"
    return parse_qs(address.query)["error"][0]


def test_the_providers_of_the_installation_are_listed(browser: Any, province: Any) -> None:
    found = browser.http.get("/v1/providers").json["items"]
    labels = {"label_zh": "省统一身份认证", "label_en": "Provincial sign-in"}
    assert found == [{"key": "province", "kind": "person", "register_url": "", "recovery_url": "", **labels}]
    assert "secret" not in str(found)
    assert browser.http.get(f"/v1/sign-ins/{browser.challenge()}/providers/nobody").status_code == 404


def test_a_person_is_the_same_account_at_every_sign_in(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    first = sign_in(browser)
    assert (first["kind"], first["display_name"], first["has_password"]) == ("person", "张三", False)
    assert sign_in(browser)["account_id"] == first["account_id"]


def test_an_id_number_that_the_province_vouches_for_links_and_a_weak_one_does_not(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    first = sign_in(browser)["account_id"]
    province.is_asked_for("zhang-2", **ZHANG)
    assert sign_in(browser)["account_id"] == first
    province.is_asked_for("zhang-3", **ZHANG | {"acr": "urn:shenbao:loa:3"})
    assert sign_in(browser)["account_id"] != first


def test_one_number_under_two_names_is_looked_at_by_a_person(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    sign_in(browser)
    province.is_asked_for("li-1", **ZHANG | {"name": "李四"})
    assert error_of(arrive(browser, depart(browser, browser.challenge()))) == "identity_mismatch"


def test_checklist_33_personal_data_is_sealed_in_the_database(browser: Any, province: Any, identity: UnderTest) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    sign_in(browser)
    with identity.service.engine.connect() as connection:
        rows = connection.execute(sa.text("select account::text from account")).scalars().all()
    for secret in (ZHANG["id_number"], ZHANG["mobile"], "张三"):
        assert not any(secret in row or secret.encode().hex() in row for row in rows)
    with identity.sessions() as session:
        account = session.scalars(sa.select(Account)).one()
    assert account.personal["id_number"] == ZHANG["id_number"]


@pytest.mark.parametrize("way", ["forged", "garbage", "huge", "other issuer"])
def test_checklist_53_a_misbehaving_provider_signs_nobody_in(
    browser: Any, province: Any, identity: UnderTest, way: str
) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    province.way = way
    challenge = browser.challenge()
    left = browser.http.get(f"/v1/sign-ins/{challenge}/providers/province")
    answer = left if way == "other issuer" else arrive(browser, left.headers["Location"])
    assert error_of(answer) == "provider_failed"
    assert browser.http.get(f"/v1/sign-ins/{challenge}").json["state"] == "credentials"
    with identity.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"aud": "somebody-else"},
        {"aud": ["shenbao", "somebody-else"]},
        {"iss": "http://evil.test"},
        {"exp": 1},
        {"exp": "soon"},
        {"sub": ""},
        {"name": ["张三"]},
    ],
)
def test_an_id_token_for_something_else_is_refused(browser: Any, province: Any, wrong: dict[str, Any]) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    province.wrong = wrong
    assert error_of(arrive(browser, depart(browser, browser.challenge()))) == "provider_failed"


def test_user_information_of_somebody_else_is_refused(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    province.told = {"sub": "li-1"}
    assert error_of(arrive(browser, depart(browser, browser.challenge()))) == "provider_failed"


def test_who_says_no_at_the_provider_is_back_at_the_sign_in_page(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    province.way = "denied"
    assert error_of(arrive(browser, depart(browser, browser.challenge()))) == "provider_denied"


def test_the_way_back_works_once_and_in_the_same_browser(
    browser: Any, another_browser: Callable[[], Any], province: Any
) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    back = httpx.get(depart(browser, browser.challenge())).headers["Location"]
    stranger = another_browser()
    stranger.challenge()
    over = "http://portal.test/sign-in?why=sign_in_expired"
    assert stranger.follow(back).headers["Location"] == over
    assert "/authorize/resume" in browser.follow(back).headers["Location"]
    assert browser.follow(back).headers["Location"] == over
    assert browser.follow(back.replace("state=", "state=x")).headers["Location"] == over


def test_a_stranger_cannot_take_a_challenge_to_a_provider(
    browser: Any, another_browser: Callable[[], Any], province: Any
) -> None:
    stranger = another_browser()
    away = stranger.http.get(f"/v1/sign-ins/{browser.challenge()}/providers/province")
    assert away.headers["Location"] == "http://portal.test/sign-in?why=sign_in_expired"


def test_a_disabled_person_is_told_so(browser: Any, province: Any, identity: UnderTest) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    sign_in(browser)
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(Account).values(state="disabled"))
    assert error_of(arrive(browser, depart(browser, browser.challenge()))) == "account_disabled"


def test_a_person_tells_a_service_who_they_are_by_a_slip_without_the_whole_number(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    back = arrive(browser, depart(browser, browser.challenge()))
    token = browser.finish(back.headers["Location"])["access_token"]
    made = browser.call("POST", "/v1/me/person-slips", token)
    assert made.status_code == 201
    said = jwt_claims(made.json["slip"])
    assert (said["iss"], said["name"], said["id_number"]) == ("identity", "张三", "3*****4")
    assert ZHANG["id_number"] not in str(said)


def test_a_form_may_begin_with_what_the_personal_centre_tells(browser: Any, province: Any) -> None:
    province.is_asked_for("zhang-1", **ZHANG)
    back = arrive(browser, depart(browser, browser.challenge()))
    token = browser.finish(back.headers["Location"])["access_token"]
    said = jwt_claims(browser.call("POST", "/v1/me/profile-slips", token).json["slip"])
    assert (said["iss"], said["name"], said["id_number"]) == ("identity", "张三", ZHANG["id_number"])
    assert said["verified"] is True
    assert (said["sex"], said["birth_date"]) == ("男", "1990-01-01")
    assert browser.call("POST", "/v1/me/profile-slips", "").status_code == 401


def jwt_claims(slip: str) -> dict[str, Any]:
    body = slip.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims
