"""The OpenID provider: what it hands out, and what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from shenbao_common.contracts.identity import SessionEndedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import ISSUER, UnderTest
from shenbao_identity.models import AuthorizationCode, BrowserSession, RefreshToken

BACK = "http://portal.test/signed-in"
PORTAL = ("portal", "portal-secret")


def claims_of(identity: UnderTest, text: str) -> jwt.Token:
    keys = KeySet.import_key_set(identity.client().get("/.well-known/jwks.json").json)
    return jwt.decode(text, keys, algorithms=["ES256"])


def test_discovery_names_addresses_of_the_issuer_only(identity: UnderTest) -> None:
    found = identity.client().get("/.well-known/openid-configuration").json
    assert found["issuer"] == ISSUER
    assert all(str(v).startswith(f"{ISSUER}/") for k, v in found.items() if k.endswith(("_endpoint", "_uri")))
    assert found["code_challenge_methods_supported"] == ["S256"]
    jwks = identity.client().get("/.well-known/jwks.json").json["keys"]
    assert [(k["alg"], "d" in k) for k in jwks] == [("ES256", False)]


def test_a_token_says_who_acts_and_the_id_token_who_signed_in(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor]
) -> None:
    account = unit()
    tokens = browser.sign_in("unitA1")
    access, said = claims_of(identity, tokens["access_token"]), claims_of(identity, tokens["id_token"]).claims
    assert access.header["typ"] == "at+jwt"
    assert access.claims["sub"] == said["sub"] == str(account.account_id)
    assert access.claims["iss"] == said["iss"] == ISSUER
    assert (access.claims["aud"], access.claims["kind"], access.claims["rev"]) == ("shenbao", "unit", 1)
    assert access.claims["unit"] == str(account.unit_id)
    assert set(access.claims["perms"]) == account.permissions
    assert access.claims["exp"] - access.claims["iat"] == 300
    assert (said["aud"], said["nonce"], said["acr"]) == ("portal", "nonce-1", "urn:shenbao:loa:2")
    assert "name" not in access.claims


def test_no_nonce_is_said_where_none_was_sent(identity: UnderTest, browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize(nonce=None))["code"]
    assert "nonce" not in claims_of(identity, browser.redeem(code).json["id_token"]).claims


def test_one_session_serves_the_next_request_until_sign_out(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor], identity: UnderTest
) -> None:
    unit()
    tokens = browser.sign_in("unitA1")
    back = browser.query_of(browser.authorize(state="xyz"))
    assert (back["state"], back["iss"]) == ("xyz", ISSUER)
    assert "challenge" in browser.query_of(browser.authorize(prompt="login"))
    assert "challenge" in browser.query_of(browser.authorize(max_age="0"))

    elsewhere = another_browser().sign_in("unitA1")
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://portal.test", "state": "bye"}
    left = browser.http.get("/logout", query_string=hint)
    assert left.headers["Location"] == "http://portal.test?state=bye"
    assert browser.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert browser.call("GET", "/v1/me", tokens["access_token"]).json["code"] == "session_over"
    ended = claims_of(identity, tokens["access_token"]).claims["sid"]
    assert [str(told.session_id) for told in identity.told(SessionEndedV1)] == [ended]
    assert browser.call("GET", "/v1/me", elsewhere["access_token"]).status_code == 200
    assert "challenge" in browser.query_of(browser.authorize())
    assert browser.query_of(browser.authorize(prompt="none"))["error"] == "login_required"


def test_sign_out_sends_nobody_to_a_stranger(browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    tokens = browser.sign_in("unitA1")
    for query in (
        {"client_id": "portal", "post_logout_redirect_uri": "http://evil.test"},
        {"client_id": "nobody"},
        {"id_token_hint": tokens["access_token"]},
        {"id_token_hint": "x.y.z"},
    ):
        assert browser.http.get("/logout", query_string=query).status_code == 422
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert browser.http.get("/logout?client_id=portal", headers=from_elsewhere).status_code == 422
    assert browser.refresh(tokens["refresh_token"]).status_code == 200


def test_the_session_cookie_is_for_this_service_only(browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    entered = browser.enter(browser.challenge(), "unitA1", "Hang-Zhou7x")
    cookie = browser.follow(entered.json["redirect_to"]).headers["Set-Cookie"]
    assert cookie.startswith("shenbao-identity=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Max-Age" not in cookie


def test_only_the_browser_that_asked_gets_the_session(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor]
) -> None:
    unit()
    redirect_to = browser.enter(browser.challenge(), "unitA1", "Hang-Zhou7x").json["redirect_to"]
    stranger = another_browser()
    stranger.challenge()
    over = "http://portal.test/sign-in?why=sign_in_expired"
    assert stranger.follow(redirect_to).headers["Location"] == over
    assert "code=" in browser.follow(redirect_to).headers["Location"]
    assert browser.follow(redirect_to).headers["Location"] == over


def test_nobody_resumes_before_signing_in(browser: Any) -> None:
    early = browser.http.get("/authorize/resume", query_string={"challenge": browser.challenge()})
    assert early.headers["Location"] == "http://portal.test/sign-in?why=sign_in_expired"
    assert browser.http.get("/v1/sign-ins/unknown").json["code"] == "sign_in_expired"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://evil.test/"},
        {"redirect_uri": f"{BACK}/../x"},
        {"redirect_uri": f"{BACK}?a=1"},
        {"redirect_uri": None},
        {"client_id": "nobody"},
        {"client_id": "units", "redirect_uri": ""},
    ],
)
def test_a_wrong_address_or_client_is_never_redirected(browser: Any, changes: dict[str, str | None]) -> None:
    answer = browser.authorize(**changes)
    assert answer.status_code == 422
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"nonce": "n" * 501}, "invalid_request"),
        ({"state": "a\0b"}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_with_an_error(browser: Any, changes: dict[str, str | None], error: str) -> None:
    assert browser.query_of(browser.authorize(**changes))["error"] == error


def test_a_code_works_once(browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize())["code"]
    assert browser.redeem(code).status_code == 200
    again = browser.redeem(code)
    assert (again.status_code, again.json) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "http://portal.test/other"},
    ],
)
def test_a_wrong_try_uses_the_code_up(browser: Any, unit: Callable[..., Actor], changes: dict[str, str]) -> None:
    unit()
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize())["code"]
    assert browser.redeem(code, **changes).json == {"error": "invalid_grant"}
    assert browser.redeem(code).json == {"error": "invalid_grant"}


def test_a_code_is_for_its_client_and_its_minute(identity: UnderTest, browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    browser.sign_in("unitA1")
    code = browser.query_of(browser.authorize())["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": browser.verifier}
    assert browser.http.post("/token", data=form, auth=("other", "other-secret")).json == {"error": "invalid_grant"}

    code = browser.query_of(browser.authorize())["code"]
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(AuthorizationCode).values(expires_at=sa.func.now()))
    assert browser.redeem(code).json == {"error": "invalid_grant"}


def test_clients_prove_their_secret(browser: Any) -> None:
    for auth in (("portal", "wrong"), ("nobody", "portal-secret"), None):
        answer = browser.http.post("/token", data={"grant_type": "refresh_token"}, auth=auth)
        assert (answer.status_code, answer.json) == (401, {"error": "invalid_client"})
    assert browser.http.post("/token", data={"grant_type": "password"}, auth=PORTAL).json == {
        "error": "unsupported_grant_type"
    }
    itself = browser.http.post("/token", data={"grant_type": "client_credentials"}, auth=PORTAL)
    assert itself.json == {"error": "unauthorized_client"}


def test_a_key_answers_nobody_without_the_secret_that_it_was_used_with(browser: Any) -> None:
    key, asked = {"Idempotency-Key": "morning-token"}, {"grant_type": "client_credentials"}
    first = browser.http.post("/token", data=asked, headers=key, auth=("units", "units-secret"))
    assert first.status_code == 200
    for auth in (("units", "wrong"), None):
        answer = browser.http.post("/token", data=asked, headers=key, auth=auth)
        assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert browser.http.post("/token", data=asked, headers=key, auth=("units", "units-secret")).json == first.json


def test_a_service_gets_a_token_for_the_feed(identity: UnderTest, browser: Any) -> None:
    answer = browser.http.post("/token", data={"grant_type": "client_credentials"}, auth=("units", "units-secret"))
    said = claims_of(identity, answer.json["access_token"]).claims
    assert (said["kind"], said["perms"]) == ("service", ["events.read"])
    assert "refresh_token" not in answer.json
    assert browser.call("GET", "/v1/events", answer.json["access_token"]).status_code == 200


def test_a_refresh_token_is_replaced_and_a_parallel_page_is_forgiven(browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    first = browser.sign_in("unitA1")["refresh_token"]
    second, parallel = browser.refresh(first), browser.refresh(first)
    assert second.status_code == parallel.status_code == 200
    assert len({first, second.json["refresh_token"], parallel.json["refresh_token"]}) == 3
    assert browser.refresh(second.json["refresh_token"]).status_code == 200


def test_a_stolen_refresh_token_ends_the_session(identity: UnderTest, browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    first = browser.sign_in("unitA1")["refresh_token"]
    second = browser.refresh(first).json["refresh_token"]
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(RefreshToken).values(replaced_at=RefreshToken.replaced_at - timedelta(seconds=11)))
    assert browser.refresh(first).json == {"error": "invalid_grant"}
    assert browser.refresh(second).json == {"error": "invalid_grant"}
    assert "challenge" in browser.query_of(browser.authorize())


def test_a_session_ends_when_idle_and_after_half_a_day(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor]
) -> None:
    unit()
    for column in (BrowserSession.idle_until, BrowserSession.ends_at):
        tokens = browser.sign_in("unitA1")
        with identity.service.sessions.begin() as session:
            session.execute(sa.update(BrowserSession).values({column: sa.func.now()}))
        assert browser.refresh(tokens["refresh_token"]).json == {"error": "invalid_grant"}
        assert "challenge" in browser.query_of(browser.authorize())


def test_a_refresh_token_is_for_its_client_and_can_be_revoked(browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    refresh = browser.sign_in("unitA1")["refresh_token"]
    form = {"token": refresh}
    assert browser.http.post("/revoke", data=form).status_code == 401
    assert browser.http.post("/revoke", data=form, auth=("other", "other-secret")).status_code == 200
    refresh = browser.refresh(refresh).json["refresh_token"]
    assert browser.http.post("/revoke", data={"token": refresh}, auth=PORTAL).status_code == 200
    assert browser.refresh(refresh).json == {"error": "invalid_grant"}
    assert browser.http.post("/revoke", data={"token": "unknown"}, auth=PORTAL).status_code == 200


def test_userinfo_answers_the_holder(browser: Any, unit: Callable[..., Actor]) -> None:
    account = unit()
    access = browser.sign_in("unitA1")["access_token"]
    for method in ("GET", "POST"):
        said = browser.call(method, "/userinfo", access).json
        assert (said["sub"], said["preferred_username"]) == (str(account.account_id), "unitA1")
    assert browser.http.get("/userinfo").status_code == 401
