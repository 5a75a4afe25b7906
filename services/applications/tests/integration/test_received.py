"""The list of received applications: sorted by several keys, and as a table of chosen columns."""

import base64
import itertools
import json
from typing import Any

import pytest

from shenbao_common.testing.actors import office_actor, person_actor

LIST, TABLE = "/v1/applications", "/v1/applications/table-sheet"
PEOPLE = ("330000199001010014", "330000198506150026")


def opened(slip: str) -> dict[str, Any]:
    body = slip.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@pytest.fixture
def received(house: Any) -> Any:
    """D1 received eight: of two units, of two levels, each twice."""
    projects = [house.project(house.bureau, variant="determination_intermediate"), house.project()]
    projects += [house.project(house.bureau, variant="determination_intermediate"), house.project()]
    for name in ("乙研究所", "甲研究所"):
        unit = house.unit(name=name)
        for project, number in zip(projects, itertools.cycle(PEOPLE)):
            other = PEOPLE[1 - PEOPLE.index(number)] if name == "甲研究所" else number
            sent = house.reported(unit, project, other)
            house.opened(sent, house.d1, "department_review")
    return house.service.client(house.d1)


def test_a_list_is_sorted_by_unit_and_then_by_level_over_all_its_pages(received: Any) -> None:
    seen, after = [], None
    while True:
        query = {"sort": "unit,level", "limit": 3} | ({"after": after} if after else {})
        page = received.get(LIST, query_string=query).json
        seen += [(item["unit_name"], item["variant"]) for item in page["items"]]
        after = page["next"]
        if not after:
            break
    units = sorted(["乙研究所", "甲研究所"])
    assert seen == [(u, v) for u in units for v in ["determination_primary"] * 2 + ["determination_intermediate"] * 2]
    back = received.get(LIST, query_string={"sort": "unit,level", "descending": True, "limit": 8}).json["items"]
    assert [(item["unit_name"], item["variant"]) for item in back] == seen[::-1]


def test_a_table_has_the_chosen_columns_in_the_lists_order(received: Any) -> None:
    columns = ["person", "unit", "level", "basic.sex", "reference"]
    answer = received.post(TABLE, json={"columns": columns, "sort": ["unit", "level"], "tab": "in_review"})
    sheet = opened(answer.json["sheet"])
    assert [c["label"] for c in sheet["columns"]] == ["姓名", "单位名称", "级别", "性别", "编号"]
    listed = received.get(LIST, query_string={"sort": "unit,level", "limit": 8}).json["items"]
    assert [row[4] for row in sheet["rows"]] == [item["reference"] for item in listed]
    assert [row[2] for row in sheet["rows"]] == ["初级", "初级", "中级", "中级"] * 2
    assert {(row[0], row[3]) for row in sheet["rows"]} == {("张三", "男")}

    ids = [listed[n]["id"] for n in (5, 1)]
    some = opened(received.post(TABLE, json={"columns": ["reference"], "ids": ids}).json["sheet"])
    assert some["rows"] == [[listed[5]["reference"]], [listed[1]["reference"]]]


def test_wrong_columns_and_keys_are_named_at_once(received: Any) -> None:
    refused = received.post(TABLE, json={"columns": ["reference", "basic.nothing", "secret"]})
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("unknown_choice", "columns.1"),
        ("unknown_choice", "columns.2"),
    ]
    assert received.get(LIST, query_string={"sort": "unit,secret"}).status_code == 422
    assert received.get(LIST, query_string={"sort": "unit", "after": "x"}).status_code == 422


def test_a_stranger_gets_an_empty_table_and_nobody_without_the_tick_any(house: Any, received: Any) -> None:
    stranger = house.service.client(office_actor(None, "application.export"))
    assert opened(stranger.post(TABLE, json={"columns": ["person"]}).json["sheet"])["rows"] == []
    assert stranger.get(LIST, query_string={"sort": "unit"}).json["items"] == []
    for nobody in (office_actor(None, "review.decide"), person_actor()):
        assert house.service.client(nobody).post(TABLE, json={"columns": ["person"]}).status_code == 403
        assert house.service.client(nobody).get("/v1/applications/table-columns").status_code == 403


def test_what_an_office_received_it_neither_changes_nor_deletes(house: Any) -> None:
    sent = house.reported(house.unit(), house.project())
    house.opened(sent, house.d1, "department_review")
    before = house.get(house.d1, sent["id"])
    office, path = house.service.client(house.d1), f"{LIST}/{sent['id']}"
    version = {"If-Match": before.headers["ETag"]}
    changed = {"sections": {"basic": {"birthplace": "别处"}}}
    tries = [office.put(f"{path}/sections", json=changed, headers=version)]
    tries += [office.patch(f"{path}/sections", json=changed, headers=version), office.delete(path, headers=version)]
    tries += [office.post(f"{LIST}/deletions", json={"ids": [sent["id"]]})]
    assert [answer.status_code for answer in tries] == [403, 403, 403, 403]
    assert house.get(house.d1, sent["id"]).json == before.json
