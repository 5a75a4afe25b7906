"""Personal declaration accounts: made, ticked, examined and reset by their unit (manual S4g)."""

from typing import Any

import pytest

from shenbao_stack import job
from shenbao_stack.client import NotSignedIn, User
from shenbao_stack.demo.town import Town
from shenbao_stack.world import PASSWORD, SUB_ACCOUNT_PERMISSIONS, Office, SubAccount, Unit, done, settled

FILL = ("application.fill",)


@pytest.fixture(scope="module")
def department(town: Town) -> Office:
    return town.department()


@pytest.fixture(scope="module")
def unit_a(town: Town, department: Office) -> Unit:
    """The unit of the examples, with a project to declare in."""
    town.project(department)
    found = town.unit(department, username="unitA1")
    found.user.follow(department.user)
    return found


@pytest.fixture
def person(town: Town, unit_a: Unit) -> SubAccount:
    """With every tick."""
    return town.world.new_sub_account(unit_a)


def change(unit: Unit, account_id: str, body: dict[str, Any], *, method: str = "PATCH", part: str = "") -> Any:
    etag = unit.user.call("GET", "units", f"/v1/sub-accounts/{account_id}").headers["ETag"]
    path = f"/v1/sub-accounts/{account_id}{part}"
    return unit.user.call(method, "units", path, body or None, headers={"If-Match": etag})


def set_state(unit: Unit, account_id: str, state: str) -> None:
    done(change(unit, account_id, {"state": state}, method="PUT", part="/state"))
    settled(unit.user, "identity", "applications", "review", "documents")


@pytest.mark.req("S4g-24")
def test_an_account_has_exactly_the_ticked_permissions_and_a_name_of_letters_and_digits(
    town: Town, unit_a: Unit
) -> None:
    ticked = ("application.fill", "application.print", "password.change")
    made = town.world.new_sub_account(unit_a, username="unitA1zhangsan", permissions=ticked)
    me = done(made.user.call("GET", "identity", "/v1/me"))
    assert (me["username"], me["permissions"]) == ("unitA1zhangsan", list(ticked))
    refused = unit_a.user.call("POST", "identity", "/v1/sub-account-reservations", {"username": "unitA1张三"})
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json()["errors"]] == [("letters_or_digits_only", "username")]


@pytest.mark.req("S4g-25")
def test_a_batch_of_five_is_named_by_number_and_each_account_changes_alone(unit_a: Unit) -> None:
    reserved = done(unit_a.user.call("POST", "identity", "/v1/sub-account-reservations/batch", {"count": 5}))["items"]
    body = {"tickets": [r["ticket"] for r in reserved], "permissions": list(FILL)}
    made = done(unit_a.user.call("POST", "units", "/v1/sub-accounts/batch", body))["items"]
    assert [item["username"] for item in made] == [f"unitA1{n}" for n in range(1, 6)]
    done(change(unit_a, made[2]["id"], {"permissions": ["application.fill", "application.report"]}))
    now_ticked = [
        done(unit_a.user.call("GET", "units", f"/v1/sub-accounts/{item['id']}"))["permissions"] for item in made
    ]
    assert [len(ticks) for ticks in now_ticked] == [1, 1, 2, 1, 1]


@pytest.mark.req("S4g-26")
def test_only_an_account_with_the_tick_changes_its_own_password_and_information(town: Town, unit_a: Unit) -> None:
    permissions = done(unit_a.user.call("GET", "units", "/v1/permissions"))["items"]
    assert [(p["key"], p["advised"]) for p in permissions[-2:]] == [("profile.change", True), ("password.change", True)]
    bound = town.world.new_sub_account(unit_a, permissions=FILL).user
    free = town.world.new_sub_account(unit_a, permissions=SUB_ACCOUNT_PERMISSIONS).user
    words = {"old_password": PASSWORD, "new_password": "Another-2026-y"}
    answers = [user.call("PUT", "identity", "/v1/me/password", words).status_code for user in (bound, free)]
    assert answers == [403, 204]
    path, body = "/v1/sub-accounts/mine", {"display_name": "张三"}
    assert [user.change("units", path, body).status_code for user in (bound, free)] == [403, 200]


@pytest.mark.req("S4g-27")
def test_everything_of_an_account_can_be_modified_but_its_user_name(unit_a: Unit, person: SubAccount) -> None:
    changed = done(change(unit_a, person.id, {"display_name": "张三（研发部）"}))
    assert changed["display_name"] == "张三（研发部）"
    refused = change(unit_a, person.id, {"username": "unitA1lisi"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "immutable")


@pytest.mark.req("S4g-28")
def test_an_account_with_a_draft_cannot_be_deleted_and_one_without_is_gone(
    town: Town, unit_a: Unit, person: SubAccount
) -> None:
    project = done(unit_a.user.call("GET", "applications", "/v1/projects"))["items"][0]
    idle = town.world.new_sub_account(unit_a)
    town.draft(person.user, project)
    unit_a.user.follow(person.user)
    refused = change(unit_a, person.id, {}, method="DELETE")
    assert (refused.status_code, refused.json()["code"]) == (409, "sub_account_has_records")
    assert change(unit_a, idle.id, {}, method="DELETE").status_code == 204
    settled(unit_a.user, "identity")
    with pytest.raises(NotSignedIn, match="sign_in_refused"):
        town.world.sign_in(idle.user.username)


@pytest.mark.req("S4g-29")
def test_a_disabled_account_is_out_at_once_and_in_again_when_opened(
    town: Town, unit_a: Unit, person: SubAccount
) -> None:
    assert person.user.call("GET", "units", "/v1/units/mine").status_code == 200
    set_state(unit_a, person.id, "disabled")
    out = person.user.call("GET", "units", "/v1/units/mine")
    assert (out.status_code, out.json()["code"]) == (401, "account_disabled")
    with pytest.raises(NotSignedIn, match="account_disabled"):
        town.world.sign_in(person.user.username)
    set_state(unit_a, person.id, "enabled")
    again = town.world.sign_in(person.user.username)
    assert again.call("GET", "units", "/v1/units/mine").status_code == 200


@pytest.mark.req("S4g-30")
def test_a_reset_password_works_once_and_demands_another(town: Town, unit_a: Unit, person: SubAccount) -> None:
    name = person.user.username
    reset = done(unit_a.user.call("POST", "identity", f"/v1/accounts/{person.id}/password-reset"))
    initial = reset["initial_password"]
    with pytest.raises(NotSignedIn, match="sign_in_refused"):
        town.world.sign_in(name, PASSWORD)
    with pytest.raises(NotSignedIn, match="password_change_required"):
        town.world.sign_in(name, initial)
    with pytest.raises(NotSignedIn, match="sign_in_refused"):
        town.world.sign_in(name, initial)
    second = done(unit_a.user.call("POST", "identity", f"/v1/accounts/{person.id}/password-reset"))["initial_password"]
    signed_in = town.world.sign_in(name, second, new_password="Chosen-2026-z")
    assert signed_in.call("GET", "identity", "/v1/me").status_code == 200


@pytest.mark.req("S4g-33")
def test_sub_accounts_see_their_own_materials_only_and_report_with_the_tick_only(town: Town, unit_a: Unit) -> None:
    project = done(unit_a.user.call("GET", "applications", "/v1/projects"))["items"][0]
    s1, s2 = (town.world.new_sub_account(unit_a, permissions=ticks).user for ticks in (FILL, SUB_ACCOUNT_PERMISSIONS))
    of_s1, of_s2 = town.ready(s1, project), town.ready(s2, project)
    assert [_listed(s1), _listed(s2)] == [[of_s1], [of_s2]]
    assert s1.call("GET", "applications", f"/v1/applications/{of_s2}").status_code == 404
    assert job.report(s1, [of_s1]).status_code == 403
    results = done(job.report(s2, [of_s2, of_s1]))["results"]
    assert [(r["result"], r.get("code")) for r in results] == [("reported", None), ("refused", "not_found")]
    assert done(job.save(s1, of_s1, job.shown(s1, of_s1)["sections"]))["status"] == "ready_to_report"


@pytest.mark.req("S4e-07", "S4a-04")
def test_a_work_account_reports_from_the_call_on_at_which_it_may(town: Town, unit_a: Unit) -> None:
    project = done(unit_a.user.call("GET", "applications", "/v1/projects"))["items"][0]
    name = f"unit01zs{town.world.serial()}"
    m = town.world.new_sub_account(unit_a, username=name, permissions=FILL)
    material = town.ready(m.user, project)
    assert job.report(m.user, [material]).status_code == 403
    ticks = {"permissions": [*FILL, "application.report"]}
    assert change(unit_a, m.id, ticks).status_code == 200
    settled(unit_a.user, "identity")
    m.user.follow(unit_a.user)
    assert [r["result"] for r in done(job.report(m.user, [material]))["results"]] == ["reported"]


def _listed(user: User) -> list[str]:
    return [item["id"] for item in done(user.call("GET", "applications", "/v1/applications"))["items"]]
