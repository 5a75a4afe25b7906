"""Lists: pages, filters, and who sees what of what is in a queue."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from shenbao_applications.domain.tabs import COUNT_BOUND

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


def test_what_is_rare_is_counted_and_found_beside_more_than_are_counted(house) -> None:
    unit, project = house.unit(), house.project()
    rare, common = house.reported(unit, project), house.reported(unit, project, house.numbers[1])
    for application in (rare, common):
        house.opened(application, house.d1, STEP)
    house.returned(rare, house.d1, STEP)
    house.passed(common, house.d1, STEP, final=True)
    with house.service.service.engine.begin() as connection:
        connection.execute(_MANY_LIKE, {"id": common["id"], "number": COUNT_BOUND})
        connection.execute(_THEIR_STEPS)
    for reader in (house.d1, house.admin):
        client = house.service.client(reader)
        counted = client.get("/v1/applications/counts").json
        assert {tab: counted[tab] for tab in ("returned", "approved", "rejected", "all")} == {
            "returned": 1,
            "approved": COUNT_BOUND,
            "rejected": 0,
            "all": COUNT_BOUND,
        }
        assert counted["bound"] == COUNT_BOUND
        (found,) = client.get("/v1/applications", query_string={"tab": "returned"}).json["items"]
        assert found["id"] == rare["id"]
        in_turn = _pages(client, tab="tracked", limit=100, most=3)
        assert len(set(in_turn)) == 300
        assert in_turn == sorted(in_turn, reverse=True)


def test_a_tab_of_an_office_follows_the_status(house) -> None:
    made = house.reported(house.unit(), house.project())
    client = house.service.client(house.d1)

    def tabs() -> set[str]:
        counted = client.get("/v1/applications/counts").json
        return {tab for tab in ("returned", "in_review", "approved", "rejected", "all") if counted[tab]}

    assert tabs() == set()
    house.opened(made, house.d1, STEP)
    assert tabs() == {"in_review", "all"}
    house.passed(made, house.d1, STEP, final=True)
    assert tabs() == {"approved", "all"}


def test_no_status_is_both_of_a_tab_and_not_of_it(house) -> None:
    made = house.reported(house.unit(), house.project())
    house.opened(made, house.d1, STEP)
    query = {"tab": "returned", "status": "in_review"}
    for reader in (house.d1, house.admin):
        assert house.service.client(reader).get("/v1/applications", query_string=query).json["items"] == []
        assert house.service.client(reader).get("/v1/applications/counts", query_string=query).json["all"] == 0


_MANY_LIKE = sa.text(
    "INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at)"
    " SELECT gen_random_uuid(), 'copy-' || n, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at"
    " FROM application, generate_series(1, :number) AS n WHERE id = :id"
)
_THEIR_STEPS = sa.text(
    "INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)"
    " SELECT gen_random_uuid(), a.id, s.step_key, 1, s.organisation_id, '', 'passed'"
    " FROM application AS a, step AS s WHERE a.reference LIKE 'copy-%' AND s.state = 'passed'"
)


def _pages(client: FlaskClient, *, most: int, **query: Any) -> list[str]:
    """The ids of the first pages."""
    found: list[str] = []
    after: dict[str, str] = {}
    for _ in range(most):
        page: Any = client.get("/v1/applications", query_string=query | after).json
        found += [item["id"] for item in page["items"]]
        after = {"after": page["next"]}
    return found
