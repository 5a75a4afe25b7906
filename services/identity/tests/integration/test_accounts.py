"""Managing accounts of offices and administrators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.service import UnderTest, count_queries
from shenbao_identity.actions import accounts
from shenbao_identity.models import Account
from shenbao_identity.settings import Policy

NEW = "Neu-Kennwort8"


@pytest.fixture
def organisation(identity: UnderTest) -> UUID:
    event = OrganisationCreatedV1(organisation_id=uuid7(), code="330100", name="市人社局", level="city_hr_bureau")
    identity.hear(event)
    return event.organisation_id


def office(organisation: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "username": "bureau1",
        "kind": "office",
        "display_name": "市人社局窗口",
        "organisation_id": str(organisation),
        "permissions": ["review.decide", "password.change"],
    } | changes


def test_an_office_account_signs_in_for_its_organisation(
    identity: UnderTest, browser: Any, admin: Actor, organisation: UUID
) -> None:
    made = identity.client(admin).post("/v1/accounts", json=office(organisation))
    assert made.status_code == 201, made.json
    me = _first_sign_in(browser, "bureau1", made.json["initial_password"])
    said = browser.call("GET", "/v1/me", me["access_token"]).json
    assert said["permissions"] == ["review.decide", "password.change"]
    assert (said["organisation_id"], said["organisation_name"]) == (str(organisation), "市人社局")


def test_every_objection_to_an_account_is_named(identity: UnderTest, admin: Actor, organisation: UUID) -> None:
    client = identity.client(admin)
    body = office(uuid7(), username="局1", permissions=["review.decide", "account.manage"])
    errors = {(e["path"], e["code"]) for e in client.post("/v1/accounts", json=body).json["errors"]}
    assert errors == {
        ("username", "letters_or_digits_only"),
        ("username", "too_short"),
        ("permissions.1", "unknown_choice"),
        ("organisation_id", "unknown_organisation"),
    }
    taken = client.post("/v1/accounts", json=office(organisation, username="ADMIN"))
    assert [e["code"] for e in taken.json["errors"]] == ["username_taken"]
    for kind in ("unit", "person"):
        assert client.post("/v1/accounts", json=office(organisation, kind=kind)).status_code == 422


def test_checklist_5_no_field_gets_in_unasked(identity: UnderTest, admin: Actor, organisation: UUID) -> None:
    client = identity.client(admin)
    for extra in ({"state": "active"}, {"revision": 9}, {"unit_id": str(uuid7())}, {"password_hash": "x"}):
        refused = client.post("/v1/accounts", json=office(organisation) | extra)
        assert [e["code"] for e in refused.json["errors"]] == ["unknown_field"]
    made = client.post("/v1/accounts", json=office(organisation))
    path, tag = f"/v1/accounts/{made.json['account_id']}", {"If-Match": made.headers["ETag"]}
    for extra in ({"kind": "admin"}, {"username": "x"}, {"organisation_id": str(uuid7())}):
        assert client.patch(path, json=extra, headers=tag).status_code == 422


def test_edits_carry_the_version_they_were_made_on(identity: UnderTest, admin: Actor, organisation: UUID) -> None:
    client = identity.client(admin)
    made = client.post("/v1/accounts", json=office(organisation))
    path = f"/v1/accounts/{made.json['account_id']}"
    tag = client.get(path).headers["ETag"]
    assert client.patch(path, json={"display_name": "甲"}).status_code == 428
    assert client.patch(path, json={"display_name": "甲"}, headers={"If-Match": tag}).status_code == 200
    assert client.patch(path, json={"display_name": "乙"}, headers={"If-Match": tag}).status_code == 412
    assert client.get(path).json["display_name"] == "甲"


def test_changed_ticks_and_a_disabled_account_end_running_tokens(
    identity: UnderTest, browser: Any, admin: Actor, organisation: UUID
) -> None:
    client = identity.client(admin)
    made = client.post("/v1/accounts", json=office(organisation))
    path = f"/v1/accounts/{made.json['account_id']}"
    tokens = _first_sign_in(browser, "bureau1", made.json["initial_password"])

    tag = client.get(path).headers["ETag"]
    ticked = client.patch(path, json={"permissions": ["review.return"]}, headers={"If-Match": tag})
    assert browser.call("GET", "/v1/me", tokens["access_token"]).json["code"] == "token_outdated"
    tokens = browser.refresh(tokens["refresh_token"]).json
    assert browser.call("GET", "/v1/me", tokens["access_token"]).json["permissions"] == ["review.return"]

    tag = ticked.headers["ETag"]
    off = client.put(f"{path}/state", json={"state": "disabled"}, headers={"If-Match": tag})
    assert browser.call("GET", "/v1/me", tokens["access_token"]).json["code"] == "account_disabled"
    assert browser.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    client.put(f"{path}/state", json={"state": "active"}, headers={"If-Match": off.headers["ETag"]})
    assert browser.sign_in("bureau1", NEW)

    told = [(e.revision, e.state) for e in identity.told(AccountChangedV1) if str(e.account_id) in path]
    assert told == [(1, "active"), (2, "active"), (3, "disabled"), (4, "active")]


def test_an_administrator_resets_and_the_running_tokens_end(
    identity: UnderTest, browser: Any, admin: Actor, unit: Callable[..., Actor]
) -> None:
    account = unit("unitA1")
    access = browser.sign_in("unitA1")["access_token"]
    reset = identity.client(admin).post(f"/v1/accounts/{account.account_id}/password-reset")
    assert browser.call("GET", "/v1/me", access).json["code"] == "token_outdated"
    assert _first_sign_in(browser, "unitA1", reset.json["initial_password"])


def test_a_reset_ends_a_lock(identity: UnderTest, browser: Any, admin: Actor, unit: Callable[..., Actor]) -> None:
    account = unit("unitA1")
    for _ in range(5):
        browser.enter(browser.challenge(), "unitA1", "Wrong-Pass1")
    reset = identity.client(admin).post(f"/v1/accounts/{account.account_id}/password-reset")
    assert _first_sign_in(browser, "unitA1", reset.json["initial_password"])


def test_some_accounts_are_not_the_administrators_to_change(
    identity: UnderTest, admin: Actor, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    client, owner = identity.client(admin), unit("unitA1")
    sub = sub_account(owner, "unitA1li")["account_id"]
    for account_id, code in ((admin.account_id, "own_account"), (sub, "managed_by_unit")):
        path = f"/v1/accounts/{account_id}"
        tag = {"If-Match": client.get(path).headers["ETag"]}
        answer = client.put(f"{path}/state", json={"state": "disabled"}, headers=tag)
        assert (answer.status_code, answer.json["code"]) == (409, code)
    tag = {"If-Match": client.get(f"/v1/accounts/{sub}").headers["ETag"]}
    assert client.patch(f"/v1/accounts/{sub}", json={"permissions": []}, headers=tag).json["code"] == "managed_by_unit"


def test_a_list_is_paged_filtered_and_asks_once(identity: UnderTest, admin: Actor, unit: Callable[..., Actor]) -> None:
    for name in ("unitA1", "unitA2", "unitB1"):
        unit(name)
    client = identity.client(admin)
    with count_queries(identity) as few:
        first = client.get("/v1/accounts?limit=2&kind=unit").json
    assert [row["username"] for row in first["items"]] == ["unitB1", "unitA2"]
    rest = client.get("/v1/accounts", query_string={"limit": 2, "kind": "unit", "after": first["next"]}).json
    assert ([row["username"] for row in rest["items"]], rest["next"]) == (["unitA1"], None)
    with count_queries(identity) as more:
        found = client.get("/v1/accounts?q=UNITa").json["items"]
    assert [row["username"] for row in found] == ["unitA2", "unitA1"]
    assert len(few) == len(more)
    assert client.get("/v1/accounts?after=nonsense").status_code == 422


def test_only_administrators_manage_accounts(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    owner, other = unit("unitA1"), uuid7()
    client = identity.client(owner)
    calls = [("GET", ""), ("POST", ""), ("GET", f"/{other}"), ("PATCH", f"/{other}"), ("PUT", f"/{other}/state")]
    bodies = {"POST": office(other), "PATCH": {}, "PUT": {"state": "active"}}
    for method, path in calls:
        answer = client.open(f"/v1/accounts{path}", method=method, json=bodies.get(method))
        assert (answer.status_code, answer.json["code"]) == (403, "permission_missing"), path


def test_a_strangers_account_does_not_exist_for_a_unit(
    identity: UnderTest, admin: Actor, unit: Callable[..., Actor], sub_account: Callable[..., dict[str, Any]]
) -> None:
    mine, other = unit("unitA1"), unit("unitB1")
    theirs = sub_account(other, "unitB1li")["account_id"]
    answers = {
        identity.client(mine).post(f"/v1/accounts/{account_id}/password-reset").status_code
        for account_id in (theirs, other.account_id, mine.account_id, admin.account_id, uuid7())
    }
    assert answers == {404}
    office_without = office_actor()
    with identity.service.sessions.begin() as session:
        session.add(Account(id=office_without.account_id, kind="office", created_at=clock.now(), revision=0))
    answer = identity.client(office_without).post(f"/v1/accounts/{theirs}/password-reset")
    assert answer.status_code == 403


def test_the_first_administrator_is_made_once(identity: UnderTest, browser: Any, admin: Actor) -> None:
    assert browser.sign_in("admin", "First-One-11")
    with identity.service.sessions.begin() as session:
        again = accounts.make_first_administrator(
            session,
            accounts.FirstAdministrator(username="Admin", password="Other-One-11", is_final=True),
            policy=Policy(),
            now=clock.now(),
        )
    assert again is None
    assert admin.may("account.manage")


def _first_sign_in(browser: Any, username: str, initial: str) -> dict[str, Any]:
    challenge = browser.challenge()
    assert browser.enter(challenge, username, initial).json == {"password_change_required": True}
    chosen = browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": NEW})
    return dict(browser.finish(chosen.json["redirect_to"]))
