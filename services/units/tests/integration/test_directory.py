"""The unit directory: offices keep their own branch, and what earlier systems knew is taken over."""

from typing import Any
from uuid import UUID

import pytest

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest

PATH = "/v1/directory"
CODES = ("000000019", "000000035", "000000027")


def entry(department: UUID, code: str = CODES[0]) -> dict[str, Any]:
    return {"code": code, "name": "示例科技有限公司", "department_id": str(department)}


def test_an_office_adds_units_of_its_own_branch_and_sees_no_other(units: UnderTest, department: Any) -> None:
    own, other = department("市经信局"), department("市教育局")
    section = department("市经信局一处", "department", own)
    officer = units.client(office_actor(own))
    assert officer.post(PATH, json=entry(section)).status_code == 201
    assert officer.post(PATH, json=entry(other, CODES[1])).status_code == 404
    again = officer.post(PATH, json=entry(own))
    assert (again.status_code, again.json["code"]) == (409, "directory_code_taken")
    found = officer.get(PATH).json["items"]
    assert [(u["org_code"], u["unit_id"]) for u in found] == [(CODES[0], None)]
    assert units.client(office_actor(other)).get(PATH).json["items"] == []
    assert units.client(office_actor(other)).delete(f"{PATH}/{found[0]['id']}").status_code == 404
    assert units.client(admin_actor()).get(PATH, query_string={"q": "示例"}).json["items"][0]["id"] == found[0]["id"]
    assert officer.delete(f"{PATH}/{found[0]['id']}").status_code == 204
    assert officer.get(PATH).json == {"items": [], "next": None}


def test_a_wrong_unit_is_refused_with_everything_that_is_wrong(units: UnderTest, department: Any) -> None:
    refused = units.client(admin_actor()).post(PATH, json=entry(uuid7(), "000000018"))
    assert refused.status_code == 422
    assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {
        ("identifier_checksum", "code"),
        ("unknown_department", "department_id"),
    }


def test_units_persons_and_offices_without_the_tick_keep_no_directory(units: UnderTest, department: Any) -> None:
    own = department("市经信局")
    for stranger in (unit_actor(), person_actor(), office_actor(own, "organisation.manage")):
        assert units.client(stranger).post(PATH, json=entry(own)).status_code == 403
    for stranger in (unit_actor(), person_actor()):
        assert units.client(stranger).get(PATH).status_code == 403


def test_an_import_adds_two_of_three_units_and_reports_the_duplicate(units: UnderTest) -> None:
    admin = units.client(admin_actor())
    file = {
        "organisations": [
            {"code": "33", "name": "市人社局", "level": "city_hr_bureau"},
            {"code": "3301", "name": "市经信局", "level": "first_level_department", "parent_code": "33"},
        ],
        "units": [{"code": CODES[n], "name": f"单位{n}", "department_code": "3301"} for n in (0, 1, 0)],
    }
    done = admin.post(f"{PATH}/imports", json=file)
    assert done.status_code == 200, done.json
    problem = {"code": "directory_code_taken", "path": "code", "params": {}}
    assert done.json == {
        "added": 4,
        "reported": [{"list": "units", "row": 3, "code": CODES[0], "problems": [problem]}],
    }
    assert [u["name"] for u in admin.get(PATH).json["items"]] == ["单位0", "单位1"]
    again = admin.post(f"{PATH}/imports", json=file).json
    assert (again["added"], len(again["reported"])) == (0, 5)


@pytest.mark.parametrize("department_code", ["9999", "33"])
def test_a_row_under_a_wrong_department_is_reported_and_the_others_are_added(
    units: UnderTest, department_code: str
) -> None:
    rows = [
        {"code": CODES[0], "name": "甲", "department_code": department_code},
        {"code": CODES[1], "name": "乙", "department_code": "3302"},
    ]
    nodes = [
        {"code": "33", "name": "市人社局", "level": "city_hr_bureau"},
        {"code": "3302", "name": "市教育局", "level": "first_level_department", "parent_code": "33"},
    ]
    done = units.client(admin_actor()).post(f"{PATH}/imports", json={"organisations": nodes, "units": rows}).json
    assert done["added"] == 3
    assert [(r["row"], len(r["problems"])) for r in done["reported"]] == [(1, 1)]


def test_only_an_administrator_imports(units: UnderTest, department: Any) -> None:
    assert units.client(office_actor(department("市经信局"))).post(f"{PATH}/imports", json={}).status_code == 403
