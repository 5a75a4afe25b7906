"""Signing in: image code, password, forced change, lockout, nothing told to guessers."""

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.units import SubAccountStateChangedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account, FailedTries, ImageCode

RIGHT = "Hang-Zhou7x"
NEW = "Neu-Kennwort8"


@pytest.mark.req("S4g-07")
def test_an_image_is_good_for_one_try(browser: Any, unit: Callable[..., Actor]) -> None:
    unit()
    challenge, image = browser.challenge(), browser.image()

    wrong = browser.enter(challenge, "unitA1", RIGHT, **image | {"image_code": "0000"})
    again = browser.enter(challenge, "unitA1", RIGHT, **image)
    assert (wrong.status_code, wrong.json["code"]) == (422, "image_code_wrong")
    assert (again.status_code, again.json["code"]) == (422, "image_code_wrong")

    assert browser.sign_in("unitA1")["token_type"] == "Bearer"


def test_an_image_shows_a_picture_and_runs_out(identity: UnderTest, browser: Any) -> None:
    made = browser.http.post("/v1/image-codes").json
    assert made["image"].startswith("data:image/png;base64,iVBOR")

    image = browser.image()
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(ImageCode).values(expires_at=sa.func.now()))
    late = browser.enter(browser.challenge(), "unitA1", RIGHT, **image)
    assert late.json["code"] == "image_code_wrong"


def test_a_unit_may_sign_in_as_soon_as_it_is_registered(
    browser: Any, unit: Callable[..., Actor], identity: UnderTest
) -> None:
    account = unit("unitA1")
    me = browser.call("GET", "/v1/me", browser.sign_in("UNITa1")["access_token"]).json
    assert me["account_id"] == str(account.account_id)
    assert me["username"] == "unitA1"
    assert me["display_name"] == "示例科技有限公司"
    assert me["unit_id"] == str(account.unit_id)
    assert "sub_account.manage" in me["permissions"]
    assert [(e.revision, e.state) for e in identity.told(AccountChangedV1)] == [(1, "active")]


def test_a_reserved_name_cannot_sign_in_before_its_unit_is_registered(browser: Any) -> None:
    body = {"username": "unitA1", "password": RIGHT, **browser.image()}
    assert browser.http.post("/v1/account-reservations", json=body).status_code == 201
    assert browser.enter(browser.challenge(), "unitA1", RIGHT).json["code"] == "sign_in_refused"


@pytest.mark.req("S4g-30")
def test_a_reset_password_works_once_and_opens_the_change_form(
    browser: Any, identity: UnderTest, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    owner = unit("unitA1")
    made = sub_account(owner, "unitA1zhangsan")
    tokens = _with_first_password(browser, "unitA1zhangsan", made["initial_password"])

    reset = identity.client(owner).post(f"/v1/accounts/{made['account_id']}/password-reset")
    assert reset.status_code == 200
    initial = reset.json["initial_password"]

    assert browser.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert browser.enter(browser.challenge(), "unitA1zhangsan", NEW).json["code"] == "sign_in_refused"
    challenge = browser.challenge()
    assert browser.enter(challenge, "unitA1zhangsan", initial).json == {"password_change_required": True}
    shown = browser.http.get(f"/v1/sign-ins/{challenge}").json
    assert shown == {"client": "portal", "state": "password_change", "username": "unitA1zhangsan"}
    assert browser.enter(browser.challenge(), "unitA1zhangsan", initial).json["code"] == "sign_in_refused"

    chosen = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": "Another-One9"})
    assert browser.finish(chosen.json["redirect_to"])["access_token"]


def test_the_change_form_refuses_a_weak_password_and_stays_open(
    browser: Any, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    made = sub_account(unit("unitA1"), "unitA1li")
    challenge = browser.challenge()
    browser.enter(challenge, "unitA1li", made["initial_password"])

    path = f"/v1/sign-ins/{challenge}/password"
    same = browser.http.post(path, json={"new_password": made["initial_password"]})
    weak = browser.http.post(path, json={"new_password": "unitA1li"})
    assert [e["code"] for e in same.json["errors"]] == ["same_as_before"]
    assert {e["code"] for e in weak.json["errors"]} == {"contains_username", "letters_digits_signs"}
    assert {e["path"] for e in weak.json["errors"]} == {"new_password"}
    assert browser.http.post(path, json={"new_password": NEW}).status_code == 200
    assert browser.http.post(path, json={"new_password": "Third-One99"}).json["code"] == "no_password_change_due"


@pytest.mark.req("S4g-29")
def test_a_disabled_sub_account_is_out_at_once_and_in_again_when_opened(
    browser: Any, identity: UnderTest, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    owner = unit("unitA1")
    made = sub_account(owner, "unitA1zhangsan")
    tokens = _with_first_password(browser, "unitA1zhangsan", made["initial_password"])
    assert browser.call("GET", "/v1/me", tokens["access_token"]).status_code == 200

    identity.hear(_state(owner, made, "disabled", revision=2))
    call = browser.call("GET", "/v1/me", tokens["access_token"])
    assert (call.status_code, call.json["code"]) == (401, "account_disabled")
    assert browser.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    entered = browser.enter(browser.challenge(), "unitA1zhangsan", NEW)
    assert (entered.status_code, entered.json["code"]) == (422, "account_disabled")
    assert browser.enter(browser.challenge(), "unitA1zhangsan", "wrong").json["code"] == "sign_in_refused"

    identity.hear(_state(owner, made, "enabled", revision=3))
    assert browser.sign_in("unitA1zhangsan", NEW)["access_token"]


def test_checklist_17_five_wrong_passwords_lock_any_name(browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    answers: dict[str, list[tuple[int, str]]] = {}
    for name in ("unitA1", "nobody"):
        tried = [browser.enter(browser.challenge(), name, "Wrong-Pass1") for _ in range(5)]
        tried.append(browser.enter(browser.challenge(), name, RIGHT))
        answers[name] = [(a.status_code, a.json["code"]) for a in tried]
        assert 0 < int(tried[-1].headers["Retry-After"]) <= 901
    assert answers["unitA1"] == [(422, "sign_in_refused")] * 5 + [(429, "account_locked")]
    assert answers["nobody"] == answers["unitA1"]


def test_a_lock_ends_after_a_quarter_of_an_hour_and_a_success_ends_the_count(
    browser: Any, identity: UnderTest, unit: Callable[..., Actor]
) -> None:
    unit("unitA1")
    for _ in range(5):
        browser.enter(browser.challenge(), "unitA1", "Wrong-Pass1")
    with identity.service.sessions.begin() as session:
        earlier = timedelta(minutes=15)
        session.execute(sa.update(FailedTries).values(since=FailedTries.since - earlier, locked_until=sa.func.now()))
    for _ in range(2):
        for _ in range(4):
            assert browser.enter(browser.challenge(), "unitA1", "Wrong-Pass1").json["code"] == "sign_in_refused"
        assert browser.sign_in("unitA1")


def test_an_address_has_its_tries_too(browser: Any, identity: UnderTest) -> None:
    challenge = browser.challenge()
    browser.enter(challenge, "nobody0", "Wrong-Pass1")
    with identity.service.sessions.begin() as session:
        session.execute(sa.update(FailedTries).values(failures=49))
    browser.enter(challenge, "nobody1", "Wrong-Pass1")
    refused = browser.enter(challenge, "nobody2", "Wrong-Pass1")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_tries")


def test_unknown_and_known_names_get_the_same_answer_in_the_same_time(browser: Any, unit: Callable[..., Actor]) -> None:
    for number in range(4):
        unit(f"unit{number}x")
    challenge = browser.challenge()
    spent: dict[str, list[float]] = {"unit": [], "none": []}
    bodies = set()
    for number in range(4):
        for stem, times in spent.items():
            image = browser.image()
            began = perf_counter()
            answer = browser.enter(challenge, f"{stem}{number}x", "Wrong-Pass1", **image)
            times.append(perf_counter() - began)
            bodies.add((answer.status_code, answer.json["code"], str(answer.json["errors"])))
    assert bodies == {(422, "sign_in_refused", "[]")}
    # Without the dummy hash an unknown name takes a tenth of the time.
    assert min(spent["none"]) > min(spent["unit"]) / 2


def test_checklist_16_passwords_are_stored_as_argon2id(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    unit("unitB1")
    with identity.sessions() as session:
        first, second = session.scalars(sa.select(Account.password_hash))
    assert first is not None
    assert first.startswith("$argon2id$")
    assert first != second


def _with_first_password(browser: Any, username: str, initial: str) -> dict[str, Any]:
    challenge = browser.challenge()
    assert browser.enter(challenge, username, initial).json == {"password_change_required": True}
    chosen = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": NEW})
    assert chosen.status_code == 200, chosen.json
    return dict(browser.finish(chosen.json["redirect_to"]))


def _state(owner: Actor, made: dict[str, Any], state: str, *, revision: int) -> SubAccountStateChangedV1:
    assert owner.unit_id
    account_id = UUID(made["account_id"])
    return SubAccountStateChangedV1(account_id=account_id, unit_id=owner.unit_id, state=state, revision=revision)
