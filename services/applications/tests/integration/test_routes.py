"""The way of an application before it is reported, and what is missing on it (B-03)."""

from typing import Any

import pytest

from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.testing.actors import office_actor, unit_actor


def route(house: Any, actor: Any, application: str) -> Any:
    answer = house.service.client(actor).get(f"/v1/applications/{application}/route")
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.req("B-03")
def test_the_route_of_a_ready_draft_lists_the_unit_its_department_and_the_bureau_in_order(house: Any) -> None:
    unit = house.unit(name="U1")
    made = house.ready(unit, house.project(house.bureau, variant="determination_intermediate"))
    found = route(house, unit, made["id"])
    assert [(s["organisation_name"], s["step_key"], s["decider"]) for s in found["steps"]] == [
        ("U1", "unit_report", "unit"),
        ("D1", "supervising_department_review", "supervising_department"),
        ("市人社局", "hr_review", "city_hr_bureau"),
    ]
    assert found["missing"] == []
    assert {s["working_days"] for s in found["steps"]} == {None}


@pytest.mark.req("B-03")
def test_a_missing_department_is_named_by_the_preview_and_refuses_the_report_with_the_same_code(house: Any) -> None:
    unit = house.unit(office_actor())
    made = house.ready(unit, house.project(house.bureau, variant="determination_intermediate"))
    found = route(house, unit, made["id"])
    assert found["missing"] == ["no_supervising_department"]
    assert [(s["step_key"], s["organisation_name"], s["missing"]) for s in found["steps"]] == [
        ("unit_report", "示例科技有限公司", None),
        ("supervising_department_review", "", "no_supervising_department"),
        ("hr_review", "市人社局", None),
    ]
    refused = house.report(unit, made["id"])
    assert (refused.status_code, refused.json["code"]) == (422, "no_supervising_department")
    many = house.service.client(unit).post("/v1/applications/reports", json={"ids": [made["id"]], **house.operator})
    assert [(r["result"], r["code"]) for r in many.json["results"]] == [("refused", "no_supervising_department")]
    assert house.service.told(ApplicationSubmittedV1) == []


def test_the_primary_tier_does_not_go_to_the_bureau(house: Any) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    assert [s["organisation_name"] for s in route(house, unit, made["id"])["steps"]] == ["示例科技有限公司", "D1"]
    assert house.report(unit, made["id"]).status_code == 200


def test_a_limit_of_the_pack_is_shown(house: Any, pack_text: str) -> None:
    before = "decider: supervising_department, actions: [pass, return]"
    house.publish_pack(pack_text.replace(before, f"{before}, limit: {{working_days: 5, remind_before: 1}}", 1))
    unit = house.unit()
    made = house.create(unit, house.project())
    assert [s["working_days"] for s in route(house, unit, made["id"])["steps"]] == [None, 5]


def test_a_stranger_sees_no_route(house: Any) -> None:
    made = house.create(house.unit(), house.project())
    for stranger in (unit_actor(), office_actor()):
        assert house.service.client(stranger).get(f"/v1/applications/{made['id']}/route").status_code == 404
