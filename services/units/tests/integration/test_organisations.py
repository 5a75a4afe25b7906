"""The tree of bureaus and departments: grown by administrators, read by everybody."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, unit_actor
from shenbao_common.testing.service import UnderTest, count_queries

Department = Callable[..., UUID]


def add(units: UnderTest, **body: Any) -> Any:
    return units.client(admin_actor()).post("/v1/organisations", json={"name": "某单位"} | body)


def test_departments_stand_under_the_citys_bureau(units: UnderTest) -> None:
    bureau = add(units, code="3301", level="city_hr_bureau").json["id"]
    first = add(units, code="3301-KJ", level="first_level_department", parent_id=bureau).json["id"]
    second = add(units, code="3301-KJ-1", level="department", parent_id=first)
    assert second.status_code == 201
    shown = units.client(unit_actor()).get(f"/v1/organisations/{second.json['id']}").json
    assert (shown["parent_id"], shown["level"]) == (first, "department")
    told = units.told(OrganisationCreatedV1)
    assert [(e.code, e.level, e.parent_id) for e in told] == [
        ("3301", "city_hr_bureau", None),
        ("3301-KJ", "first_level_department", UUID(bureau)),
        ("3301-KJ-1", "department", UUID(first)),
    ]


@pytest.mark.parametrize(
    ("level", "under", "code"),
    [
        ("department", None, "required"),
        ("first_level_department", "province", "wrong_parent_level"),
        ("city_hr_bureau", "city_hr_bureau", "wrong_parent_level"),
        ("province", "province", "wrong_parent_level"),
        ("department", "nowhere", "unknown_organisation"),
    ],
)
def test_a_node_below_a_wrong_parent_is_refused(units: UnderTest, level: str, under: str | None, code: str) -> None:
    parents = {"nowhere": str(uuid7()), None: None}
    for key in ("province", "city_hr_bureau"):
        parents[key] = add(units, code=key, level=key).json["id"]
    refused = add(units, code="X", level=level, parent_id=parents[under])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)


def test_a_code_is_taken_once(units: UnderTest) -> None:
    assert add(units, code="3301", level="city_hr_bureau").status_code == 201
    refused = add(units, code="3301", level="province")
    assert (refused.status_code, refused.json["code"]) == (409, "organisation_code_taken")


def test_only_administrators_grow_the_tree(units: UnderTest) -> None:
    body = {"code": "3301", "name": "市人社局", "level": "city_hr_bureau"}
    for stranger in (unit_actor(), office_actor()):
        assert units.client(stranger).post("/v1/organisations", json=body).status_code == 403
    assert units.client().post("/v1/organisations", json=body).status_code == 401


def test_everybody_finds_the_departments_by_name_and_nothing_else(units: UnderTest, department: Department) -> None:
    department("市科学技术局")
    department("市教育局")
    listed = units.client().get("/v1/departments").json["items"]
    assert [set(item) for item in listed] == [{"id", "name", "level"}] * 2
    found = units.client().get("/v1/departments", query_string={"q": "教育"}).json["items"]
    assert [item["name"] for item in found] == ["市教育局"]
    assert units.client().get("/v1/departments", query_string={"q": "%"}).json["items"] == []


def test_lists_come_in_pages_without_repeats(units: UnderTest, department: Department) -> None:
    names = {f"归口部门{i}" for i in range(5)}
    for name in names:
        department(name)
    seen: list[str] = []
    after = ""
    while after is not None:
        page = units.client().get("/v1/departments", query_string={"limit": 2, "after": after}).json
        seen += [item["name"] for item in page["items"]]
        after = page["next"]
    assert len(seen) == 5
    assert set(seen) == names


def test_a_list_costs_the_same_queries_however_long_it_is(units: UnderTest, department: Department) -> None:
    reader = units.client(unit_actor())
    for path in ("/v1/departments?limit=100", "/v1/organisations?limit=100"):
        department(f"首个{uuid7().hex}")
        with count_queries(units) as few:
            reader.get(path)
        for i in range(6):
            department(f"又一个{i}{uuid7().hex}")
        with count_queries(units) as many:
            assert len(reader.get(path).json["items"]) > 6
        assert len(many) == len(few) <= 3


def test_the_tree_is_read_by_children_and_by_level(units: UnderTest, department: Department) -> None:
    first = department("市科学技术局")
    department("科技一处", "department", first)
    reader = units.client(unit_actor())
    children = reader.get("/v1/organisations", query_string={"parent_id": str(first)}).json["items"]
    assert [c["name"] for c in children] == ["科技一处"]
    bureaus = reader.get("/v1/organisations", query_string={"level": "city_hr_bureau"}).json["items"]
    assert [b["code"] for b in bureaus] == ["3301"]


def test_what_does_not_exist_is_not_found(units: UnderTest) -> None:
    assert units.client(unit_actor()).get(f"/v1/organisations/{uuid7()}").status_code == 404


@pytest.mark.parametrize("name", ["\0", "\ud800", 7])
def test_a_made_up_cursor_is_refused(units: UnderTest, name: object) -> None:
    parts = [["i" if isinstance(name, int) else "s", name], ["u", str(uuid7())]]
    made_up = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    for cursor in ("nonsense", made_up):
        answer = units.client().get("/v1/departments", query_string={"after": cursor})
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "invalid_cursor")
