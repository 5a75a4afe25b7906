"""A unit goes on when its officer has left: over HTTP, events and five services (B-18)."""

import pytest

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.client import NotSignedIn, User
from shenbao_stack.demo.town import Town
from shenbao_stack.world import Office, Unit, done, settled

EVERYWHERE = ("identity", "units", "applications", "review", "documents")


@pytest.fixture(scope="module")
def d1(town: Town) -> Office:
    return town.department()


@pytest.fixture(scope="module")
def u1(town: Town, d1: Office) -> Unit:
    town.project(d1)
    found = town.unit(d1)
    found.user.follow(d1.user)
    return found


def is_out(user: User) -> bool:
    """Neither the token nor what renews it is good for anything."""
    try:
        return user.call("GET", "units", "/v1/units/mine").status_code == 401
    except NotSignedIn:
        return True


@pytest.mark.req("B-18")
def test_the_only_officer_is_gone_and_a_sealed_letter_with_the_departments_yes_sets_a_new_one(
    town: Town, d1: Office, u1: Unit
) -> None:
    username = f"zhaoliu{town.world.serial()}"
    visitor, request = town.world.ask_to_act(u1, username, job.pdf())
    with pytest.raises(NotSignedIn):
        town.world.sign_in(username)
    d1.user.follow(visitor)
    (shown,) = done(d1.user.call("GET", "units", "/v1/officer-requests"))["items"]
    letter = f"/v1/files/{shown['letter_id']}/content"
    assert d1.user.call("GET", "documents", letter).content.startswith(b"%PDF")
    assert town.department().user.call("GET", "documents", letter).status_code == 404

    path = f"/v1/officer-requests/{request['id']}/decision"
    decision = {"state": "approved", "way": "replaces"}
    done(d1.user.call("PUT", "units", path, decision, headers={"If-Match": f'"{shown["version"]}"'}))
    settled(d1.user, *EVERYWHERE)

    new = town.world.sign_in(username)
    new.follow(d1.user)
    assert done(new.call("GET", "units", "/v1/units/mine"))["id"] == u1.id
    assert done(new.call("GET", "applications", "/v1/projects"))["items"]
    assert is_out(u1.user)
    with pytest.raises(NotSignedIn, match="account_disabled"):
        town.world.sign_in(u1.user.username)
    acts = [entry["act"] for entry in done(new.call("GET", "units", "/v1/units/mine/history"))["items"]]
    assert acts == ["officer_dismissed", "officer_appointed"]


@pytest.mark.req("B-18")
def test_who_is_delegated_reporting_only_decides_nothing_in_any_service(town: Town) -> None:
    department = town.department()
    project, unit = town.project(department), town.unit(department)
    unit.user.follow(department.user)
    reported = town.reported(unit.user, project)
    delegate = town.world.new_sub_account(unit)
    scope = {"permissions": ["application.report"], "valid_until": office_day(now()).isoformat()}
    path = f"/v1/sub-accounts/{delegate.id}"
    etag = {"If-Match": unit.user.call("GET", "units", path).headers["ETag"]}
    done(unit.user.call("PUT", "units", f"{path}/delegation", scope, headers=etag))
    settled(unit.user, *EVERYWHERE)
    user = town.world.sign_in(delegate.user.username)
    assert done(user.call("GET", "identity", "/v1/me"))["permissions"] == ["application.report"]

    department.user.follow(unit.user)
    case = department.user.call("GET", "review", f"/v1/cases/{reported}")
    body = {"step_id": done(case)["current"]["step_id"], "action": "pass", "opinion": None}
    tag = {"If-Match": case.headers["ETag"]}

    def decide(who: User) -> int:
        return who.call("POST", "review", f"/v1/cases/{reported}/decisions", body, headers=tag).status_code

    assert decide(user) in {403, 404}
    draft = {"project_id": project["id"], "sections": {}}
    assert user.call("POST", "applications", "/v1/applications", draft).status_code == 403
    assert decide(department.user) in {200, 201}
