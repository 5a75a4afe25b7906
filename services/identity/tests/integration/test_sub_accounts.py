"""The own password, and what units says of sub-accounts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import (
    SubAccountCreatedV1,
    SubAccountDeletedV1,
    SubAccountPermissionsChangedV1,
    SubAccountStateChangedV1,
)
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import NotFound
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

RIGHT = "Hang-Zhou7x"
NEW = "Neu-Kennwort8"


@pytest.mark.req("S4g-26")
def test_the_password_page_needs_its_tick(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    owner = unit("unitA1")
    without = sub_account(owner, "unitA1li", ("application.fill",))
    with_tick = sub_account(owner, "unitA1wang", ("application.fill", "profile.change", "password.change"))
    body = {"old_password": NEW, "new_password": "Another-One9"}

    tokens = _first_sign_in(browser, "unitA1li", without["initial_password"])
    refused = browser.call("PUT", "/v1/me/password", tokens["access_token"], json=body)
    assert (refused.status_code, refused.json["code"]) == (403, "permission_missing")

    tokens = _first_sign_in(browser, "unitA1wang", with_tick["initial_password"])
    assert browser.call("PUT", "/v1/me/password", tokens["access_token"], json=body).status_code == 204
    assert browser.sign_in("unitA1wang", "Another-One9")


@pytest.mark.req("S4g-31")
def test_a_wrong_old_password_changes_nothing_and_is_counted(browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    access = browser.sign_in("unitA1")["access_token"]
    body = {"old_password": "Wrong-Pass1", "new_password": NEW}
    for _ in range(5):
        refused = browser.call("PUT", "/v1/me/password", access, json=body)
        assert (refused.status_code, refused.json["code"]) == (422, "old_password_wrong")
        assert refused.json["errors"][0]["path"] == "old_password"
    right = {"old_password": RIGHT, "new_password": NEW}
    assert browser.call("PUT", "/v1/me/password", access, json=right).status_code == 429
    assert browser.sign_in("unitA1", RIGHT)


def test_a_changed_password_ends_the_other_sessions(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor]
) -> None:
    unit("unitA1")
    other = another_browser()
    elsewhere, here = other.sign_in("unitA1"), browser.sign_in("unitA1")
    body = {"old_password": RIGHT, "new_password": NEW}
    assert browser.call("PUT", "/v1/me/password", here["access_token"], json=body).status_code == 204
    assert other.refresh(elsewhere["refresh_token"]).json["error"] == "invalid_grant"
    assert browser.refresh(here["refresh_token"]).status_code == 200


@pytest.mark.req("S4g-25")
def test_one_of_a_batch_is_changed_and_the_others_stay(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    owner = unit("unitA1")
    made = identity.client(owner).post("/v1/sub-account-reservations/batch", json={"count": 5}).json["items"]
    ids = [UUID(item["account_id"]) for item in made]
    assert owner.unit_id
    for account_id in ids:
        identity.hear(_created(account_id, owner.unit_id, ("application.fill",)))
    changed = ("application.fill", "application.report")
    identity.hear(
        SubAccountPermissionsChangedV1(account_id=ids[2], unit_id=owner.unit_id, permissions=changed, revision=2)
    )
    with identity.sessions() as session:
        ticks = [tuple(session.get_one(Account, account_id).permissions) for account_id in ids]
    assert ticks == [("application.fill",)] * 2 + [changed] + [("application.fill",)] * 2


@pytest.mark.req("S4g-28")
def test_a_deleted_sub_account_cannot_sign_in_and_its_name_is_free(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    owner = unit("unitA1")
    made = sub_account(owner, "unitA1li")
    tokens = _first_sign_in(browser, "unitA1li", made["initial_password"])
    assert owner.unit_id
    account_id = UUID(made["account_id"])
    identity.hear(SubAccountDeletedV1(account_id=account_id, unit_id=owner.unit_id, revision=2))
    assert browser.call("GET", "/v1/me", tokens["access_token"]).json["code"] == "account_disabled"
    assert browser.enter(browser.challenge(), "unitA1li", NEW).json["code"] == "sign_in_refused"
    assert sub_account(owner, "unitA1li")["account_id"] != made["account_id"]


def test_older_news_of_a_sub_account_is_left_aside(
    identity: UnderTest, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    owner = unit("unitA1")
    account_id = UUID(sub_account(owner, "unitA1li")["account_id"])
    assert owner.unit_id
    for state, revision in (("disabled", 3), ("enabled", 2)):
        identity.hear(
            SubAccountStateChangedV1(account_id=account_id, unit_id=owner.unit_id, state=state, revision=revision)
        )
    with identity.sessions() as session:
        account = session.get_one(Account, account_id)
    assert (account.state, account.revision) == ("disabled", 3)


def test_a_unit_cannot_make_an_account_of_what_another_reserved(
    identity: UnderTest, unit: Callable[..., Actor]
) -> None:
    owner, thief = unit("unitA1"), unit("unitB1")
    reserved = identity.client(owner).post("/v1/sub-account-reservations", json={"username": "unitA1li"}).json
    assert thief.unit_id
    with pytest.raises(NotFound):
        identity.hear(_created(UUID(reserved["account_id"]), thief.unit_id, ()))


def _first_sign_in(browser: Any, username: str, initial: str) -> dict[str, Any]:
    challenge = browser.challenge()
    assert browser.enter(challenge, username, initial).json == {"password_change_required": True}
    chosen = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": NEW})
    return dict(browser.finish(chosen.json["redirect_to"]))


def _created(account_id: UUID, unit_id: UUID, permissions: tuple[str, ...]) -> SubAccountCreatedV1:
    return SubAccountCreatedV1(
        account_id=account_id, unit_id=unit_id, permissions=permissions, state="enabled", revision=1
    )
