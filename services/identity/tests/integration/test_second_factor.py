"""Two factors for officers: one-time passwords made, asked for, used once, forgotten by an administrator."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import SessionEndedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account, BrowserSession
from shenbao_identity.settings import Policy

RIGHT = "First-One-11"


@pytest.fixture
def strict(configured: Any) -> None:
    """As an installation is without a policy of its own."""
    configured(policy=Policy())


def enter(browser: Any) -> str:
    """With the password; answers the challenge that waits for the second factor."""
    challenge: str = browser.challenge()
    entered = browser.enter(challenge, "admin", RIGHT, entry="office")
    assert (entered.status_code, entered.json) == (200, {"second_factor_required": True})
    assert browser.http.get(f"/v1/sign-ins/{challenge}").json["state"] == "second_factor"
    return challenge


def enrolled(browser: Any) -> tuple[str, Any]:
    """Makes the first second factor in a sign-in; answers its secret and the tokens."""
    challenge = enter(browser)
    path = f"/v1/sign-ins/{challenge}/totp-enrolment"
    made = browser.http.post(path).json
    assert made["uri"].startswith("otpauth://totp/")
    code = pyotp.TOTP(made["secret"]).at(clock.now() - timedelta(seconds=30))
    done = browser.http.put(path, json={"code": code, "slip": made["slip"]})
    assert done.status_code == 200, done.json
    return made["secret"], browser.finish(done.json["redirect_to"])


@pytest.mark.usefixtures("strict", "admin")
def test_checklist_19_a_password_alone_gives_staff_no_session(browser: Any) -> None:
    challenge = enter(browser)
    assert browser.http.get(f"/v1/sign-ins/{challenge}/factor").json == {
        "enrol": True,
        "totp": False,
        "security_keys": False,
    }
    assert "why=sign_in_expired" in browser.follow(f"/authorize/resume?challenge={challenge}").headers["Location"]
    secret, tokens = enrolled(browser)
    factors = browser.call("GET", "/v1/me/factors", tokens["access_token"]).json
    assert factors == {"totp": True, "security_keys": [], "required": True}
    challenge = enter(browser)
    assert browser.http.post(f"/v1/sign-ins/{challenge}/totp-enrolment").json["code"] == "factor_known"
    done = browser.http.post(f"/v1/sign-ins/{challenge}/totp", json={"code": pyotp.TOTP(secret).now()})
    assert browser.finish(done.json["redirect_to"])["access_token"]


@pytest.mark.usefixtures("strict", "admin")
def test_a_one_time_password_works_once_and_guesses_are_counted(browser: Any) -> None:
    secret, _ = enrolled(browser)
    code = pyotp.TOTP(secret).now()
    first = enter(browser)
    assert browser.http.post(f"/v1/sign-ins/{first}/totp", json={"code": code}).status_code == 200
    second = enter(browser)
    again = browser.http.post(f"/v1/sign-ins/{second}/totp", json={"code": code})
    assert (again.status_code, again.json["code"]) == (422, "factor_wrong")
    for _ in range(4):
        assert browser.http.post(f"/v1/sign-ins/{second}/totp", json={"code": "12345x"}).status_code == 422
    assert browser.http.post(f"/v1/sign-ins/{second}/totp", json={"code": code}).status_code == 429


@pytest.mark.usefixtures("strict", "admin")
def test_an_enrolment_is_of_one_account_and_ends(browser: Any, identity: UnderTest, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    token = browser.sign_in("unitA1")["access_token"]
    made = browser.call("POST", "/v1/me/totp", token).json
    path = f"/v1/sign-ins/{enter(browser)}/totp-enrolment"
    code = pyotp.TOTP(made["secret"]).now()
    for slip in (made["slip"], "x.y.z"):
        refused = browser.http.put(path, json={"code": code, "slip": slip})
        assert [e["code"] for e in refused.json["errors"]] == ["enrolment_over"]
    assert browser.call("PUT", "/v1/me/totp", token, json={"code": "12345x", "slip": made["slip"]}).status_code == 422
    assert browser.call("PUT", "/v1/me/totp", token, json={"code": code, "slip": made["slip"]}).status_code == 204
    # Whoever has one is asked for it, also where it is not demanded.
    entered = browser.enter(browser.challenge(), "unitA1", "Hang-Zhou7x")
    assert entered.json == {"second_factor_required": True}
    assert browser.call("DELETE", "/v1/me/totp", token).status_code == 204
    assert browser.sign_in("unitA1")
    with identity.sessions() as session:
        rows = session.execute(sa.text("select account::text from account")).scalars().all()
    assert not any(made["secret"].encode().hex() in row for row in rows)


@pytest.mark.usefixtures("strict")
def test_the_last_factor_of_staff_stays_until_an_administrator_forgets_it(
    browser: Any, identity: UnderTest, admin: Actor, another_browser: Callable[[], Any]
) -> None:
    _, tokens = enrolled(browser)
    kept = browser.call("DELETE", "/v1/me/totp", tokens["access_token"])
    assert (kept.status_code, kept.json["code"]) == (409, "last_factor")
    assert identity.client(admin).post(f"/v1/accounts/{admin.account_id}/factor-reset").status_code == 204
    assert browser.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    challenge = enter(another_browser())
    assert browser.http.get(f"/v1/sign-ins/{challenge}/factor").json["enrol"] is True


def test_a_unit_forgets_the_factors_of_no_other_units_people(
    identity: UnderTest, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    mine, other = unit("unitA1"), unit("unitB1")
    account_id = UUID(sub_account(mine, "unitA1li")["account_id"])
    assert identity.client(other).post(f"/v1/accounts/{account_id}/factor-reset").status_code == 404
    assert identity.client(mine).post(f"/v1/accounts/{account_id}/factor-reset").status_code == 204


def test_a_made_up_answer_of_a_security_key_is_refused(browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    token = browser.sign_in("unitA1")["access_token"]
    begun = browser.call("POST", "/v1/me/security-key-options", token).json
    assert begun["options"]["rp"]["id"] == "portal.test"
    for credential in ({}, {"id": "x"}, {"id": 7, "rawId": "", "response": {}, "type": "public-key"}):
        body = {"name": "钥匙", "credential": credential, "slip": begun["slip"]}
        refused = browser.call("POST", "/v1/me/security-keys", token, json=body)
        assert (refused.status_code, refused.json["code"]) == (422, "factor_wrong")
    assert browser.call("DELETE", "/v1/me/security-keys/x", token).status_code == 404


@pytest.mark.usefixtures("admin")
def test_an_old_password_of_staff_is_changed_and_none_of_the_last_five_comes_back(
    browser: Any, identity: UnderTest
) -> None:
    used = [RIGHT]
    for number in range(2, 6):
        _age(identity, days=181)
        challenge = browser.challenge()
        assert browser.enter(challenge, "admin", used[-1]).json == {"password_change_required": True}
        for old in used:
            again = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": old})
            assert [e["code"] for e in again.json["errors"]] == ["same_as_before"]
        used.append(f"First-One-{number}{number}")
        done = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": used[-1]})
        assert done.status_code == 200, done.json
    _age(identity, days=179)
    assert browser.sign_in("admin", used[-1])


def test_checklist_21_sessions_are_listed_ended_from_afar_and_run_out(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor], identity: UnderTest
) -> None:
    unit("unitA1")
    other = another_browser()
    elsewhere, here = other.sign_in("unitA1"), browser.sign_in("unitA1")
    listed = browser.call("GET", "/v1/me/sessions", here["access_token"]).json["items"]
    assert [item["current"] for item in listed] == [True, False]
    assert "Werkzeug" in listed[0]["agent"]

    ended = browser.call("DELETE", f"/v1/me/sessions/{listed[1]['id']}", here["access_token"])
    assert ended.status_code == 204
    assert other.call("GET", "/v1/me", elsewhere["access_token"]).json["code"] == "session_over"
    assert other.refresh(elsewhere["refresh_token"]).json["error"] == "invalid_grant"
    ended_there = UUID(listed[1]["id"])
    assert [told.session_id for told in identity.told(SessionEndedV1)] == [ended_there]
    assert browser.call("GET", "/v1/me", here["access_token"]).status_code == 200

    unit("unitB1")
    stranger = another_browser().sign_in("unitB1")["access_token"]
    assert browser.call("DELETE", f"/v1/me/sessions/{listed[0]['id']}", stranger).status_code == 404
    for column, passed in ((BrowserSession.idle_until, 30), (BrowserSession.ends_at, 12 * 60)):
        token = browser.sign_in("unitA1")["refresh_token"]
        with identity.service.sessions.begin() as session:
            session.execute(sa.update(BrowserSession).values({column: column - timedelta(minutes=passed)}))
        assert browser.refresh(token).json["error"] == "invalid_grant"


def _age(identity: UnderTest, *, days: int) -> None:
    """So many days pass since the last choice of a password."""
    with identity.service.sessions.begin() as session:
        long_ago = clock.now() - timedelta(days=days)
        session.execute(sa.update(Account).values(password_changed_at=long_ago, created_at=long_ago))
