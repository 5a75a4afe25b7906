"""Projects: who publishes what, who sees it, and how it is found."""

import pytest

from shenbao_common.contracts.applications import ProjectPublishedV1
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor


@pytest.mark.req("S4g-12")
def test_a_department_may_not_publish_an_intermediate_project_and_the_bureau_may(house) -> None:
    refused = house.publish_project(house.d1, variant="determination_intermediate")
    assert (refused.status_code, refused.json["code"]) == (403, "wrong_publisher")
    intermediate = house.project(house.bureau, variant="determination_intermediate")
    primary = house.project(house.d1)
    assert house.publish_project(house.bureau, variant="determination_primary").status_code == 403

    assert _seen(house, house.unit(house.d1)) == {intermediate, primary}
    assert _seen(house, house.unit(house.d2)) == {intermediate}
    assert len(house.service.told(ProjectPublishedV1)) == 2


@pytest.mark.req("S4g-11")
def test_projects_are_filtered_by_year_and_publisher_and_an_unknown_keyword_finds_none(house) -> None:
    house.project(house.d1, year=2013, opens_on="2013-01-01", closes_on="2013-12-31")
    wanted = house.project(house.d1, year=2014, opens_on="2014-01-01", closes_on="2014-12-31", name="初级职称初定2014")
    house.project(
        house.bureau, variant="determination_intermediate", year=2014, opens_on="2014-01-01", closes_on="2014-12-31"
    )
    client = house.service.client(house.unit())
    query = {"year": 2014, "publisher_id": str(house.d1.organisation_id)}
    found = client.get("/v1/projects", query_string=query).json["items"]
    assert [p["id"] for p in found] == [wanted]
    assert client.get("/v1/projects", query_string={"q": "没有这个词"}).json == {"items": [], "next": None}
    assert [p["id"] for p in client.get("/v1/projects", query_string={"q": "定2014"}).json["items"]] == [wanted]
    names = [p["name"] for p in client.get("/v1/projects/publishers").json["items"]]
    assert names == ["D1", "市人社局"]


@pytest.mark.req("S4g-10")
def test_a_project_tells_its_twelve_specialties_its_scope_and_its_notice(house) -> None:
    specialties = [f"专业{n}" for n in range(1, 13)]
    notice = {"notice_title": "关于初定工作的通知", "notice_body": "各单位：……"}
    project = house.project(specialties=specialties, scope_text="本市企事业单位", **notice)
    found = house.service.client(house.unit()).get(f"/v1/projects/{project}").json
    assert found["specialties"] == specialties
    assert found["scope_text"] == "本市企事业单位"
    assert {name: found[name] for name in notice} == notice


def test_a_wrong_project_is_refused_with_everything_that_is_wrong(house) -> None:
    refused = house.publish_project(
        house.d1,
        opens_on="2026-03-01",
        closes_on="2026-02-01",
        year=2050,
        scope_department_ids=["00000000-0000-7000-8000-000000000000"],
    )
    assert refused.status_code == 422
    assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {
        ("ends_before_start", "closes_on"),
        ("year_outside_period", "year"),
        ("unknown_department", "scope_department_ids.0"),
    }
    assert house.publish_project(house.d1, programme="unknown").json["errors"][0]["code"] == "unknown_programme"
    assert house.publish_project(house.d1, variant="unknown").json["errors"][0]["path"] == "variant"
    assert house.publish_project(office_actor()).status_code == 403
    assert house.publish_project(office_actor(house.d1.organisation_id, "review.decide")).status_code == 403


def test_strangers_do_not_see_a_departments_project(house) -> None:
    project = house.project()
    for stranger in (house.unit(house.d2), unit_actor(), person_actor(), house.d2):
        assert house.service.client(stranger).get(f"/v1/projects/{project}").status_code == 404
    for reader in (house.unit(), house.d1, house.bureau, house.admin):
        assert house.service.client(reader).get(f"/v1/projects/{project}").status_code == 200


def _seen(house, unit) -> set[str]:
    return {p["id"] for p in house.service.client(unit).get("/v1/projects").json["items"]}


def test_after_a_change_of_department_material_keeps_its_project_and_begins_none_there(house) -> None:
    unit = house.unit()
    project, elsewhere = house.project(), house.project(house.d2)
    made = house.reported(unit, project)
    house.move(unit, house.d2)
    client = house.service.client(unit)

    offered = [p["id"] for p in client.get("/v1/projects").json["items"]]
    work = {w["project"]["id"]: w["to_report"] for w in client.get("/v1/projects/work").json["items"]}
    refused = client.post("/v1/applications", json={"project_id": project, "sections": house.sections(unit)})

    assert elsewhere in offered
    assert project not in offered
    assert work[project] == 1
    assert client.get(f"/v1/projects/{project}").status_code == 200
    assert client.get(f"/v1/applications/{made['id']}").json["status"] == "ready_to_report"
    assert refused.status_code == 404
