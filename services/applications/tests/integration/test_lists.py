"""Lists: pages, filters, and who sees what of what is in a queue."""

import pytest

STEP = "supervising_department_review"


def test_pages_follow_each_other_without_a_gap_or_a_repeat(house) -> None:
    unit = house.unit()
    project = house.project()
    made = [house.create(unit, project)["id"] for _ in range(5)]
    client = house.service.client(unit)
    seen: list[str] = []
    after = None
    while True:
        page = client.get("/v1/applications", query_string={"limit": 2} | ({"after": after} if after else {})).json
        seen += [a["id"] for a in page["items"]]
        after = page["next"]
        if after is None:
            break
        if len(seen) == 2:
            house.create(unit, project)
    assert seen == list(reversed(made))


def test_an_office_lists_only_what_is_or_was_in_its_queue(house) -> None:
    unit = house.unit()
    project = house.project()
    mine = house.reported(unit, project)
    house.reported(unit, project, house.numbers[1])
    house.opened(mine, house.d1, STEP)
    client = house.service.client(house.d1)
    (found,) = client.get("/v1/applications").json["items"]
    assert (found["id"], found["person_name"], found["unit_name"]) == (mine["id"], "张三", "示例科技有限公司")
    assert found["headline"]["basic.sex"] == {"zh": "男", "en": "Male"}
    assert found["status_label"] == {"zh": "审核中", "en": "In review"}
    assert client.get("/v1/applications/counts").json["all"] == 1
    (work,) = client.get("/v1/projects/work").json["items"]
    assert (work["to_report"], work["returned"], work["reported"]) == (0, 0, 1)
    house.passed(mine, house.d1, STEP, final=True)
    assert client.get("/v1/applications", query_string={"tab": "approved"}).json["items"][0]["id"] == mine["id"]
    assert house.service.client(house.d2).get("/v1/applications").json["items"] == []
    assert house.get(house.d1, mine["id"]).json["editable"] is False
    assert house.report(house.d1, mine["id"]).status_code == 403


@pytest.mark.parametrize("tab", ["to_report", "reportable", "returned", "in_review", "reported", "tracked", "all"])
def test_a_tab_lists_as_many_as_it_counts(house, tab: str) -> None:
    unit = house.unit()
    project = house.project()
    house.create(unit, project)
    house.ready(unit, house.project())
    returned = house.reported(unit, project)
    house.opened(returned, house.d1, STEP)
    house.returned(returned, house.d1, STEP)
    house.reported(unit, project, house.numbers[1])
    client = house.service.client(unit)
    listed = client.get("/v1/applications", query_string={"tab": tab}).json["items"]
    assert len(listed) == client.get("/v1/applications/counts").json[tab]


def test_filters_narrow_together(house) -> None:
    unit = house.unit()
    primary = house.project()
    recognition = house.project(variant="recognition_primary")
    draft = house.create(unit, primary)
    ready = house.ready(unit, recognition)
    client = house.service.client(unit)

    def ids(**query: str) -> list[str]:
        return [a["id"] for a in client.get("/v1/applications", query_string=query).json["items"]]

    assert ids(variant="recognition_primary") == [ready["id"]]
    assert ids(status="draft,returned") == [draft["id"]]
    assert ids(project_id=primary, tab="returned") == []
    assert ids(ids=f"{draft['id']},{ready['id']}", status="ready_to_report") == [ready["id"]]
    assert ids(programme="another") == []
