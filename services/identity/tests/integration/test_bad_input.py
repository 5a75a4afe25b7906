"""Whatever is sent: a clear refusal, never an error of ours, nothing half-done."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

BODIES = ["[]", '"text"', "7", "null", "{", "", '{"username": {"a": 1}, "password": [], "image_code_id": 7}']


@pytest.mark.parametrize("path", ["/v1/account-reservations", "/v1/sign-ins/x", "/v1/sign-ins/x/password"])
@pytest.mark.parametrize("body", BODIES)
def test_a_body_of_the_wrong_type_is_refused(browser: Any, path: str, body: str) -> None:
    answer = browser.http.post(path, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"]


def test_a_body_of_ten_megabytes_is_refused(identity: UnderTest, browser: Any) -> None:
    body = b'{"username": "' + b"a" * 10 * 1024 * 1024 + b'"}'
    for path in ("/v1/account-reservations", "/v1/sign-ins/x", "/token"):
        answer = browser.http.post(path, data=body, content_type="application/json")
        assert answer.status_code == 413, path
    with identity.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a" * 101, "x\x07"])
@pytest.mark.parametrize("field", ["username", "password", "image_code"])
def test_odd_characters_are_refused(browser: Any, field: str, text: str) -> None:
    body = {"username": "unitA1", "password": "Hang-Zhou7x", **browser.image()} | {field: text}
    challenge = browser.challenge()
    for path in ("/v1/account-reservations", f"/v1/sign-ins/{challenge}"):
        answer = browser.http.post(path, json=body)
        assert answer.status_code == 422, (path, answer.json)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "nonce", "prompt", "max_age"])
def test_odd_authorization_requests_are_no_error_of_ours(browser: Any, name: str) -> None:
    for text in ("\0", "x" * 5000, "²", "é\u202e", "-1"):
        assert browser.authorize(**{name: text}).status_code in {302, 422}


def test_odd_tokens_are_no_error_of_ours(browser: Any) -> None:
    for text in ("\0", "x" * 5000, "é"):
        for grant in ({"grant_type": "authorization_code", "code": text}, {"grant_type": text}):
            form = {**grant, "redirect_uri": text, "code_verifier": text}
            assert browser.http.post("/token", data=form, auth=("portal", "portal-secret")).status_code == 400
        refresh = {"grant_type": "refresh_token", "refresh_token": text}
        assert browser.http.post("/token", data=refresh, auth=("portal", "portal-secret")).status_code == 400
        form = {"client_id": text, "client_secret": text, "grant_type": "client_credentials"}
        assert browser.http.post("/token", data=form).status_code == 401
        assert browser.http.get("/authorize/resume", query_string={"challenge": text}).status_code == 302
        assert browser.http.get("/logout", query_string={"id_token_hint": text}).status_code == 422
    twice = "grant_type=client_credentials&grant_type=refresh_token"
    answer = browser.http.post("/token", data=twice, content_type="application/x-www-form-urlencoded")
    assert answer.json["error"] == "invalid_request"


def test_image_codes_are_told_in_the_test_profile_only(identity: UnderTest, browser: Any) -> None:
    made = browser.http.post("/v1/image-codes").json["id"]
    settings = identity.app.extensions["shenbao"].settings
    path = f"/v1/test/image-codes/{made}"
    assert browser.http.get(path).status_code == 200
    for profile in ("production", "demo"):
        object.__setattr__(settings, "profile", profile)
        assert browser.http.get(path).status_code == 404
    object.__setattr__(settings, "profile", "test")
    assert browser.http.get(f"/v1/test/image-codes/{uuid4()}").status_code == 404


def test_every_route_with_an_account_hides_strangers_alike(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    mine, other = unit("unitA1"), unit("unitB1")
    client = identity.client(mine)
    known = client.post(f"/v1/accounts/{other.account_id}/password-reset")
    unknown = client.post(f"/v1/accounts/{uuid4()}/password-reset")
    assert known.status_code == unknown.status_code == 404
    assert {k: v for k, v in known.json.items() if k != "trace"} == {
        k: v for k, v in unknown.json.items() if k != "trace"
    }


def test_odd_ids_and_answers_are_no_error_of_ours(
    browser: Any, identity: UnderTest, admin: Actor, person: Callable[..., str]
) -> None:
    person()
    token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
    slip = browser.call("POST", "/v1/me/security-key-options", token).json["slip"]
    for odd in ("%00", "x" * 300, "é", "%F0%9F%98%80"):
        for method in ("PUT", "DELETE"):
            assert browser.call(method, f"/v1/me/modules/{odd}", token).status_code in {204, 404}
        assert browser.call("DELETE", f"/v1/me/security-keys/{odd}", token).status_code == 404
        headers = {"If-Match": '"1"'}
        assert identity.client(admin).patch(f"/v1/clients/{odd}", json={}, headers=headers).status_code == 404
        assert browser.http.get(f"/v1/sign-ins/{odd}/factor").status_code == 404
    made: dict[str, Any] = {"id": "eA", "rawId": "eA", "type": "public-key"}
    answers: tuple[dict[str, Any], ...] = (
        made | {"response": "text"},
        made | {"id": "é", "rawId": [], "type": 7, "response": {"clientDataJSON": 1, "attestationObject": {}}},
        made | {"response": {"clientDataJSON": "eA", "attestationObject": "eA"}},
        made | {"response": {"clientDataJSON": None}},
    )
    for credential in answers:
        body = {"name": "x", "slip": slip, "credential": credential}
        assert browser.call("POST", "/v1/me/security-keys", token, json=body).status_code == 422


def test_an_officer_of_an_organisation_that_is_not_known_yet_adds_nobody(identity: UnderTest) -> None:
    organisation = uuid7()
    with identity.service.sessions.begin() as session:
        account = Account(kind="office", organisation_id=organisation, created_at=clock.now(), revision=0)
        session.add(account)
        session.flush()
        ticks = frozenset({"staff.manage"})
        who = Actor(account_id=account.id, kind=Kind.OFFICE, organisation_id=organisation, permissions=ticks)
    client = identity.client(who)
    for answer in (client.get("/v1/staff/proposal"), client.post("/v1/staff", json={"real_name": "王五"})):
        assert (answer.status_code, answer.json["code"]) == (409, "unknown_organisation")
