"""Administrators of organisations, one level at a time, and the staff that they add."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.service import UnderTest

NEW = "Neu-Kennwort8"


@dataclass
class Tree:
    """A city office, an education bureau below it, a school below that; and an administrator at each."""

    identity: UnderTest
    browser: Any
    admin: Actor
    o1: UUID
    o2: UUID
    school: UUID

    def enter(self, username: str, password: str) -> Any:
        return self.browser.enter(self.browser.challenge(), username, password, entry="office")

    def initial(self, organisation: UUID) -> str:
        path = f"/v1/organisations/{organisation}/administrator/password-reset"
        return str(self.identity.client(self.admin).post(path).json["initial_password"])

    def sign_in(self, username: str, initial: str) -> str:
        """With an initial password, in a browser of its own; answers the access token."""
        elsewhere = type(self.browser)(self.identity)
        challenge = elsewhere.challenge()
        assert elsewhere.enter(challenge, username, initial).json == {"password_change_required": True}
        chosen = elsewhere.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": NEW})
        return str(elsewhere.finish(chosen.json["redirect_to"])["access_token"])


@pytest.fixture
def tree(identity: UnderTest, browser: Any, admin: Actor) -> Tree:
    found = Tree(identity, browser, admin, uuid7(), uuid7(), uuid7())
    _found(identity, found.o1, "360100000000", "市职改办", None)
    _found(identity, found.o2, "360100000122", "教育局", found.o1)
    _found(identity, found.school, "360100000123", "第一中学", found.o2)
    return found


@pytest.mark.req("S4i-01", "S4c-04")
def test_a_new_organisation_has_an_administrator_named_by_its_code(tree: Tree) -> None:
    path = f"/v1/organisations/{tree.o2}/administrator"
    found = tree.identity.client(tree.admin).get(path).json
    assert (found["username"], found["kind"], found["state"]) == ("360100000122", "office", "active")
    assert "staff.manage" in found["permissions"]
    assert tree.enter("360100000122", "123456").json["code"] == "sign_in_refused"

    challenge = tree.browser.challenge()
    entered = tree.browser.enter(challenge, "360100000122", tree.initial(tree.o2))
    assert entered.json == {"password_change_required": True}
    assert tree.browser.http.get(f"/v1/sign-ins/{challenge}").json["state"] == "password_change"
    assert "error" in tree.browser.query_of(tree.browser.authorize(prompt="none"))
    chosen = tree.browser.http.post(f"/v1/sign-ins/{challenge}/password", json={"new_password": NEW})
    token = tree.browser.finish(chosen.json["redirect_to"])["access_token"]
    assert tree.browser.call("GET", "/v1/staff", token).json == {"items": [], "next": None}


@pytest.mark.req("S4i-04")
def test_an_administrator_cancels_and_renews_the_one_directly_below(tree: Tree, another_browser: Any) -> None:
    theirs = another_browser()
    tree.browser, ours = theirs, tree.browser
    of_o2 = tree.sign_in("360100000122", tree.initial(tree.o2))
    tree.browser = ours
    of_o1 = tree.sign_in("360100000000", tree.initial(tree.o1))
    path = "/v1/organisations/{}/administrator"

    assert ours.call("POST", path.format(tree.o2), of_o1).json["code"] == "has_administrator"
    assert ours.call("DELETE", path.format(tree.o2), of_o1).status_code == 204
    assert theirs.call("GET", "/v1/staff", of_o2).json["code"] == "account_disabled"
    assert tree.enter("360100000122", NEW).json["code"] == "sign_in_refused"
    assert ours.call("DELETE", path.format(tree.o2), of_o1).json["code"] == "no_administrator"

    made = ours.call("POST", path.format(tree.o2), of_o1)
    assert (made.status_code, made.json["username"]) == (201, "360100000122")
    again = tree.sign_in("360100000122", made.json["initial_password"])
    for above in (tree.o1, tree.o2):
        refused = ours.call("DELETE", path.format(above), again)
        assert (refused.status_code, refused.json["code"]) == (403, "own_or_higher_organisation")
    assert ours.call("DELETE", path.format(tree.school), of_o1).status_code == 404


@pytest.mark.req("S4i-06")
def test_staff_are_named_by_code_and_serial_and_sign_in_once_roles_are_ticked(tree: Tree) -> None:
    token = tree.sign_in("360100000122", tree.initial(tree.o2))
    call = tree.browser.call
    for serial in (1, 2):
        made = call("POST", "/v1/staff", token, json={"real_name": f"王{serial}", "permissions": ["review.decide"]})
        assert made.json["username"] == f"360100000122{serial}"
    assert call("GET", "/v1/staff/proposal", token).json == {"username": "3601000001223"}
    third = call("POST", "/v1/staff", token, json={"real_name": "王三"}).json
    assert third["username"].endswith("3")
    refused = tree.enter(third["username"], third["initial_password"])
    assert (refused.status_code, refused.json["code"]) == (422, "no_permission_granted")

    one = f"/v1/staff/{third['account_id']}"
    tag = {"If-Match": call("GET", one, token).headers["ETag"], "Authorization": f"Bearer {token}"}
    assert tree.browser.http.patch(one, json={"permissions": ["review.decide"]}, headers=tag).status_code == 200
    assert tree.enter(third["username"], third["initial_password"]).json == {"password_change_required": True}


@pytest.mark.req("S4a-04")
def test_an_administrator_makes_users_ticks_them_and_resets_them_within_the_own_organisation(tree: Tree) -> None:
    token = tree.sign_in("360100000122", tree.initial(tree.o2))
    call = tree.browser.call
    body = {"real_name": "李四", "permissions": ["review.decide", "password.change"]}
    made = call("POST", "/v1/staff", token, json=body).json
    staff = tree.sign_in(made["username"], made["initial_password"])
    assert call("GET", "/v1/staff", staff).json["code"] == "permission_missing"

    one = f"/v1/staff/{made['account_id']}"
    tag = {"If-Match": call("GET", one, token).headers["ETag"], "Authorization": f"Bearer {token}"}
    ticks = {"permissions": ["review.decide", "staff.manage", "password.change"]}
    assert tree.browser.http.patch(one, json=ticks, headers=tag).status_code == 200
    assert call("GET", "/v1/staff", staff).json["code"] == "token_outdated"
    again = tree.browser.sign_in(made["username"], NEW)["access_token"]
    assert len(call("GET", "/v1/staff", again).json["items"]) == 1

    initial = call("POST", f"{one}/password-reset", token).json["initial_password"]
    assert tree.enter(made["username"], NEW).json["code"] == "sign_in_refused"
    assert tree.enter(made["username"], initial).json == {"password_change_required": True}


def test_nobody_reaches_the_staff_of_others(tree: Tree, another_browser: Callable[[], Any]) -> None:
    token = tree.sign_in("360100000122", tree.initial(tree.o2))
    made = tree.browser.call("POST", "/v1/staff", token, json={"real_name": "李四"}).json
    tree.browser = another_browser()
    above = tree.sign_in("360100000000", tree.initial(tree.o1))
    one = f"/v1/staff/{made['account_id']}"
    for method, path in (("GET", one), ("PATCH", one), ("PUT", f"{one}/state"), ("POST", f"{one}/password-reset")):
        body = {"state": "disabled"} if method == "PUT" else {}
        assert tree.browser.call(method, path, above, json=body).status_code == 404, path
    clerk = Actor(account_id=UUID(made["account_id"]), kind=Kind.OFFICE, revision=9, organisation_id=tree.o2)
    assert tree.identity.client(clerk).get("/v1/staff").status_code == 403


def test_officers_learn_the_name_of_a_colleague_and_nobody_of_anybody_else(
    tree: Tree, another_browser: Callable[[], Any], unit: Callable[..., Actor]
) -> None:
    token = tree.sign_in("360100000122", tree.initial(tree.o2))
    made = tree.browser.call("POST", "/v1/staff", token, json={"real_name": "李四"}).json
    path = f"/v1/colleagues/{made['account_id']}"
    told = tree.browser.call("GET", path, token).json
    assert told == {"account_id": made["account_id"], "display_name": "李四"}
    tree.browser = another_browser()
    above = tree.sign_in("360100000000", tree.initial(tree.o1))
    assert tree.browser.call("GET", path, above).status_code == 404
    assert tree.identity.client(unit()).get(path).status_code == 403


def test_an_organisation_whose_code_is_no_user_name_has_no_administrator(identity: UnderTest, admin: Actor) -> None:
    organisation = uuid7()
    _found(identity, organisation, "市-1", "某局", None)
    path = f"/v1/organisations/{organisation}/administrator"
    assert identity.client(admin).get(path).status_code == 404
    assert identity.client(admin).post(path).json["code"] == "username_taken"


def _found(identity: UnderTest, organisation_id: UUID, code: str, name: str, parent: UUID | None) -> None:
    level = "city_hr_bureau" if parent is None else "department"
    event = OrganisationCreatedV1(organisation_id=organisation_id, code=code, name=name, level=level, parent_id=parent)
    identity.hear(event)
