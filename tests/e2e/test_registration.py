"""Employers register, and what their department publishes reaches them."""

import pytest

from shenbao_stack import job
from shenbao_stack.client import Visitor
from shenbao_stack.demo.registry import BY_CODE
from shenbao_stack.demo.town import INTERMEDIATE, PRIMARY, Town
from shenbao_stack.world import done

PROVINCIAL = next(body for body in BY_CODE.values() if body.province_level)


def _reserved(town: Town, visitor: Visitor) -> dict[str, str]:
    wanted = {"username": f"unit{town.world.serial()}", "password": town.world.password} | visitor.image_code()
    found: dict[str, str] = done(visitor.call("POST", "identity", "/v1/account-reservations", wanted))
    return found


@pytest.mark.req("S4g-03")
def test_an_unrecognised_unit_needs_the_scan_of_its_certificate(town: Town) -> None:
    visitor = town.world.visitor()
    reserved = _reserved(town, visitor)
    form = {
        "code": town.world.new_code(),
        "legal_representative": "王建国",
        "unit_name": "湖畔工作室",
        "department_id": town.department().id,
        "ticket": reserved["ticket"],
    }
    without = visitor.call("POST", "units", "/v1/registrations", form)
    assert without.status_code == 422
    assert [(e["code"], e["path"]) for e in without.json()["errors"]] == [("required", "certificate_receipt")]
    scan = visitor.call(
        "POST",
        "documents",
        "/v1/files",
        files={"file": ("机构代码证.pdf", job.pdf(), "application/pdf")},
        data={"purpose": "code_certificate"},
        headers={"Authorization": f"Bearer {reserved['access_token']}"},
    )
    made = visitor.call("POST", "units", "/v1/registrations", form | {"certificate_receipt": done(scan)["receipt"]})
    assert (made.status_code, made.json()["verified"]) == (201, "scan")


@pytest.mark.req("S4g-03")
def test_a_unit_registered_at_provincial_level_needs_the_scan_and_a_recognised_one_none(town: Town) -> None:
    department, visitor = town.department(), town.world.visitor()
    form = {
        "code": PROVINCIAL.code,
        "legal_representative": PROVINCIAL.legal_representative,
        "unit_name": PROVINCIAL.name,
        "department_id": department.id,
        "ticket": _reserved(town, visitor)["ticket"],
    }
    refused = visitor.call("POST", "units", "/v1/registrations", form)
    assert [e["path"] for e in refused.json()["errors"]] == ["certificate_receipt"]
    assert town.unit(department, code="000000019").name == "示例科技有限公司"


@pytest.mark.req("S4g-05")
def test_a_unit_can_sign_in_and_declare_as_soon_as_it_has_registered(town: Town) -> None:
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    unit.user.follow(department.user)
    assert done(unit.user.call("GET", "units", "/v1/units/mine"))["name"] == "示例科技有限公司"
    assert job.shown(unit.user, town.draft(unit.user, project))["status"] == "draft"


@pytest.mark.req("S4g-06")
def test_a_code_registers_once_under_a_department_and_again_under_another_with_its_own_applications(town: Town) -> None:
    d1, d2 = town.department(), town.department()
    project = town.project(town.bureau, INTERMEDIATE)
    first = town.unit(d1, code="000000019")
    visitor = town.world.visitor()
    again = {
        "code": "000000019",
        "legal_representative": "王建国",
        "department_id": d1.id,
        "ticket": _reserved(town, visitor)["ticket"],
    }
    refused = visitor.call("POST", "units", "/v1/registrations", again)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_registered")
    second = town.unit(d2, code="000000019")
    assert second.id != first.id
    for user in (first.user, second.user):
        user.follow(town.bureau.user)
    of_first = town.draft(first.user, project)
    listed = done(second.user.call("GET", "applications", "/v1/applications"))["items"]
    assert listed == []
    assert second.user.call("GET", "applications", f"/v1/applications/{of_first}").status_code == 404


@pytest.mark.req("S4g-12")
def test_departments_publish_primary_projects_for_their_units_and_the_bureau_intermediate_ones_for_all(
    town: Town,
) -> None:
    d1, d2 = town.department(), town.department()
    refused = town.publish(d1, INTERMEDIATE)
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_publisher")
    assert town.publish(town.bureau, PRIMARY).status_code == 403
    of_bureau, of_d1 = town.project(town.bureau, INTERMEDIATE), town.project(d1, PRIMARY)
    under_d1, under_d2 = town.unit(d1), town.unit(d2)
    seen = [_projects_seen(unit.user, d1.user, town.bureau.user) for unit in (under_d1, under_d2)]
    assert [of_bureau["id"] in found for found in seen] == [True, True]
    assert [of_d1["id"] in found for found in seen] == [True, False]


def _projects_seen(user: Visitor, *publishers: Visitor) -> set[str]:
    for publisher in publishers:
        user.follow(publisher)
    found = user.call("GET", "applications", "/v1/projects", params={"limit": 100})
    return {project["id"] for project in done(found)["items"]}
