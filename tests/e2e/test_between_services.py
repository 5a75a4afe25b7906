"""What one service is told, the others know: changed departments, own writes, ticks and disabled accounts."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from shenbao_stack import job
from shenbao_stack.demo.town import INTERMEDIATE, Town
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, done

PLACES = {
    "identity": "/v1/me",
    "units": "/v1/units/mine",
    "applications": "/v1/applications",
    "review": "/v1/cases",
    "documents": "/v1/files/00000000-0000-7000-8000-000000000000",
}
"""In each service something that asks for a token."""


@pytest.mark.req("S4g-32")
def test_a_change_of_department_warns_with_the_number_and_recalls_every_reported_material(town: Town) -> None:
    d1, d2 = town.department("D1"), town.department("D2")
    primary, intermediate = town.project(d1), town.project(town.bureau, INTERMEDIATE)
    unit = town.unit(d1)
    for publisher in (d1, town.bureau):
        unit.user.follow(publisher.user)
    projects = (primary, intermediate, intermediate, primary)
    at_department, also, at_bureau, returned = (town.reported(unit.user, project) for project in projects)
    done(job.decide(d1.user, at_bureau, "pass", after=unit.user))
    done(job.decide(d1.user, returned, "return", "学历证书不清晰", after=unit.user))
    unit.user.follow(d1.user)

    path = "/v1/units/mine/supervising-department"
    warned = unit.user.call("GET", "units", path)
    assert (warned.json()["reported_count"], warned.json()["warning_code"]) == (4, "reported_will_be_recalled")
    unconfirmed = unit.user.change("units", path, {"department_id": d2.id}, method="PUT")
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (409, "confirmation_required")
    done(unit.user.change("units", path, {"department_id": d2.id, "confirmed_count": 4}, method="PUT"))

    materials = (at_department, also, at_bureau, returned)
    until(lambda: {job.shown(unit.user, a)["status"] for a in materials} == {"ready_to_report"}, what="recalled")
    shown = [job.shown(unit.user, a) for a in materials]
    assert [(a["status_label"]["zh"], a["editable"]) for a in shown] == [("待上报", True)] * 4
    for office in (d1, town.bureau):
        until(partial(_lost, office, set(materials)), what="the queue loses them")
    _reports_to(unit, d2, primary_recalled=also)


def _lost(office: Office, materials: set[str]) -> bool:
    return not _queue(office) & materials


def _reports_to(unit: Unit, department: Office, *, primary_recalled: str) -> None:
    """What is reported now goes to the new department."""
    assert done(job.report(unit.user, [primary_recalled]))["results"][0]["result"] == "reported"
    department.user.follow(unit.user)
    assert _queue(department) == {primary_recalled}


def _queue(office: Office) -> set[str]:
    cases = done(office.user.call("GET", "review", "/v1/cases", params={"limit": 100}))["items"]
    return {case["application_id"] for case in cases}


@pytest.mark.req("B-19")
def test_the_departments_list_read_with_the_reports_token_has_the_case_at_once(town: Town) -> None:
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    unit.user.follow(department.user)
    for _ in range(5):
        application = town.ready(unit.user, project)
        path = f"/v1/applications/{application}/report"
        token = unit.user.call("POST", "applications", path, job.OPERATOR).headers["Shenbao-Version"]
        asked = {"tab": "open", "limit": "100"}
        found = department.user.call("GET", "review", "/v1/cases", params=asked, headers={"Shenbao-After": token})
        assert application in {case["application_id"] for case in done(found)["items"]}


def test_changed_ticks_make_older_tokens_void_in_every_service_within_a_second(town: Town) -> None:
    unit = town.unit(town.department())
    person = town.world.new_sub_account(unit)
    token = person.user.tokens.access
    until(lambda: _answers(town, token) == dict.fromkeys(PLACES, ""), what="the token is good everywhere")
    changed = {"permissions": ["application.fill"]}
    etag = unit.user.call("GET", "units", f"/v1/sub-accounts/{person.id}").headers["ETag"]
    seconds = _seconds_until_refused(
        town,
        token,
        "token_outdated",
        lambda: unit.user.call("PATCH", "units", f"/v1/sub-accounts/{person.id}", changed, headers={"If-Match": etag}),
    )
    assert seconds < 1.0
    assert person.user.call("GET", "identity", "/v1/me").json()["permissions"] == ["application.fill"]


def test_a_disabled_account_is_refused_in_every_service_within_a_second(town: Town) -> None:
    unit = town.unit(town.department())
    person = town.world.new_sub_account(unit)
    token = person.user.tokens.access
    path = f"/v1/sub-accounts/{person.id}"
    etag = unit.user.call("GET", "units", path).headers["ETag"]
    seconds = _seconds_until_refused(
        town,
        token,
        "account_disabled",
        lambda: unit.user.call("PUT", "units", f"{path}/state", {"state": "disabled"}, headers={"If-Match": etag}),
    )
    assert seconds < 1.0


def _seconds_until_refused(town: Town, token: str, code: str, act: Callable[[], Any]) -> float:
    """From the answer to the act until every service refuses the token with that code."""
    done(act())
    began = time.monotonic()
    until(lambda: _answers(town, token) == dict.fromkeys(PLACES, code), seconds=10, every=0.01, what=code)
    return time.monotonic() - began


def _answers(town: Town, token: str) -> dict[str, str]:
    """By service the code of a 401, "" where the token is good."""
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=bearer, timeout=10) as http:
        answers = {service: http.get(town.world.target.url(service) + path) for service, path in PLACES.items()}
    return {service: answer.json()["code"] if answer.status_code == 401 else "" for service, answer in answers.items()}
