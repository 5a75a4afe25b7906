"""Sheets for documents: the official form and the summary table."""

import base64
import json

import pytest

from shenbao_common.testing.actors import sub_account_actor
from shenbao_common.testing.service import count_queries

APPLICATIONS = "/v1/applications"


def test_the_form_is_final_only_while_reported_and_tells_what_is_printed(house) -> None:
    unit = house.unit()
    project = house.project(name="2026年初级职称初定")
    made = house.ready(unit, project)
    before = _sheet(house, unit, made["id"], "determination_form")
    assert before["reported"] is False
    house.report(unit, made["id"])
    sheet = _sheet(house, unit, made["id"], "determination_form")
    assert sheet["reported"] is True
    assert sheet["iss"] == "applications"
    expected = {
        "kind": "determination_form",
        "application_id": made["id"],
        "print_hash": made["print_hash"],
        "programme": "title_initial_determination",
        "version": 1,
        "unit_id": str(unit.unit_id),
        "filler_id": str(unit.account_id),
        "account_id": str(unit.account_id),
        "reference": made["reference"],
        "title": "专业技术资格初定表",
        "project_name": "2026年初级职称初定",
        "unit_name": "示例科技有限公司",
        "year": "2026",
        "variant_label": "初定初级",
    }
    assert expected.items() <= sheet.items()
    assert sheet["sections"]["basic"]["sex"] == "男"
    assert sheet["sections"]["basic"]["specialty_years"] == "5"
    assert "party_post" not in sheet["sections"]["basic"]
    assert sheet["sections"]["experience"]["education"] == [
        {
            "ended_on": "2012-06",
            "completion": "毕业",
            "school": "浙江大学",
            "major": "植物学",
            "study_length": "4年",
            "degree": "本科（学士）",
        }
    ]


def test_a_returned_material_is_printed_with_a_watermark_until_it_is_reported_again(house) -> None:
    unit = house.unit()
    material = house.reported(unit, house.project())
    house.opened(material, house.d1, "supervising_department_review")
    house.returned(material, house.d1, "supervising_department_review")
    assert _sheet(house, unit, material["id"], "determination_form")["reported"] is False


def test_only_the_variants_own_form_exists_and_a_sub_account_needs_its_tick(house) -> None:
    unit = house.unit()
    filler = sub_account_actor(unit.unit_id, "application.fill")
    made = house.ready(filler, house.project(variant="recognition_primary"))
    path = f"/v1/applications/{made['id']}/sheets"
    assert house.service.client(unit).get(f"{path}/determination_form").status_code == 404
    assert house.service.client(unit).get(f"{path}/recognition_form").status_code == 200
    assert house.service.client(filler).get(f"{path}/recognition_form").status_code == 403


def test_the_forms_of_many_are_one_slip_in_the_order_asked_for(house) -> None:
    unit = house.unit()
    project = house.project()
    made = [house.reported(unit, project, number)["id"] for number in house.numbers]
    of_other_kind = house.ready(unit, house.project(variant="recognition_primary"))["id"]
    foreign = house.create(house.unit(), project)["id"]
    ids = [made[1], of_other_kind, foreign, made[0], made[1]]
    asked = {"ids": ids, "kind": "determination_form"}
    client = house.service.client(unit)
    client.post(f"{APPLICATIONS}/form-sheets", json=asked)
    with count_queries(house.service) as sent:
        answer = client.post(f"{APPLICATIONS}/form-sheets", json=asked)
    assert answer.json["skipped"] == [of_other_kind, foreign]
    slip = _opened(answer.json["sheet"])
    assert slip["account_id"] == str(unit.account_id)
    single = _sheet(house, unit, made[0], "determination_form")
    assert [one["application_id"] for one in slip["forms"]] == [made[1], made[0]]
    assert slip["forms"][1].items() <= single.items()
    assert len(sent) <= 6
    filler = sub_account_actor(unit.unit_id, "application.fill")
    assert house.service.client(filler).post(f"{APPLICATIONS}/form-sheets", json=asked).status_code == 403
    assert house.service.client(house.unit()).post(f"{APPLICATIONS}/form-sheets", json=asked).json["skipped"] == [
        made[1],
        of_other_kind,
        foreign,
        made[0],
    ]


def test_an_office_that_takes_forms_of_many_is_seen_by_each_of_them(house) -> None:
    unit = house.unit()
    project = house.project()
    made = [house.reported(unit, project, number) for number in house.numbers]
    for material in made:
        house.opened(material, house.d1, "supervising_department_review")
    asked = {"ids": [material["id"] for material in made], "kind": "determination_form"}
    answer = house.service.client(house.d1).post(f"{APPLICATIONS}/form-sheets", json=asked)
    assert answer.json["skipped"] == []
    mine = house.service.client(unit).get("/v1/audit/mine").json["items"]
    read = {entry["subject"] for entry in mine if entry["actor_kind"] == "office"}
    assert set(asked["ids"]) <= read


def test_the_summary_holds_the_filtered_list_in_its_order(house) -> None:
    unit = house.unit()
    project = house.project()
    made = [house.ready(unit, project, number)["reference"] for number in house.numbers]
    house.reported(unit, house.project())
    client = house.service.client(unit)
    with count_queries(house.service) as sent:
        answer = client.get("/v1/applications/summary-sheet", query_string={"project_id": project})
    sheet = _opened(answer.json["sheet"])
    assert [row[0] for row in sheet["rows"]] == list(reversed(made))
    keys = [c["key"] for c in sheet["columns"]]
    first = dict(zip(keys, sheet["rows"][0], strict=True))
    assert (first["person_name"], first["id_number"], first["school"]) == ("张三", house.numbers[1], "浙江大学")
    assert (first["status"], first["unit_name"]) == ("待上报", "示例科技有限公司")
    assert len(sent) <= 6
    assert {len(row) for row in sheet["rows"]} == {len(sheet["columns"])}


def test_an_empty_summary_needs_a_programme_and_export_needs_its_tick(house) -> None:
    unit = house.unit()
    client = house.service.client(unit)
    assert client.get("/v1/applications/summary-sheet").json["errors"][0]["path"] == "programme"
    query = {"programme": "title_initial_determination"}
    assert _opened(client.get("/v1/applications/summary-sheet", query_string=query).json["sheet"])["rows"] == []
    filler = sub_account_actor(unit.unit_id, "application.fill")
    assert house.service.client(filler).get("/v1/applications/summary-sheet").status_code == 403


@pytest.mark.parametrize("query", [{"status": "unknown"}, {"tab": "unknown"}, {"ids": "1,2"}, {"after": "x"}])
def test_a_wrong_filter_is_refused(house, query) -> None:
    assert house.service.client(house.unit()).get("/v1/applications", query_string=query).status_code == 422


def _sheet(house, actor, application: str, kind: str) -> dict:
    answer = house.service.client(actor).get(f"/v1/applications/{application}/sheets/{kind}")
    assert answer.status_code == 200, answer.json
    return _opened(answer.json["sheet"])


def _opened(slip: str) -> dict:
    body = slip.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.req("S4a-10")
def test_a_blank_form_of_a_project_holds_nobody_and_only_forms_of_its_variant_exist(house) -> None:
    office = house.service.client(house.d1)
    project = house.project(name="2026年初级职称初定")
    path = f"/v1/projects/{project}/blank-sheets"
    answer = office.get(f"{path}/determination_form")
    assert answer.status_code == 200
    said = json.loads(base64.urlsafe_b64decode(answer.json["sheet"].split(".")[1] + "=="))
    assert (said["programme"], said["project_name"], said["year"]) == (
        "title_initial_determination",
        "2026年初级职称初定",
        "2026",
    )
    basic = said["sections"]["basic"]
    assert {"person_name", "sex"} <= set(basic)
    assert set(basic.values()) == {""}
    assert office.get(f"{path}/recognition_form").status_code == 404
    assert house.service.client().get(f"{path}/determination_form").status_code == 401
