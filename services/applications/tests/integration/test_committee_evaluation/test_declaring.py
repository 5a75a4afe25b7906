"""A title is declared: the activity, the commitment, registration, records, and the own list."""

from typing import Any

import pytest

from shenbao_common.testing.actors import person_actor

TRAINING = {
    "start_date": "2025-03-01",
    "end_date": "2025-03-05",
    "content": "数据安全",
    "organiser": "人才院",
    "hours": 24.5,
}


@pytest.mark.req("S4d-03")
def test_of_three_activities_only_the_two_open_ones_are_declared_in(evaluating: Any) -> None:
    closed = evaluating.project("senior_personal", opens_on="2020-01-01", closes_on="2020-12-31", year=2020)
    listed = evaluating.client().get("/v1/projects").json["items"]
    assert {p["id"]: p["open"] for p in listed} == {**dict.fromkeys(evaluating.projects.values(), True), closed: False}
    refused = evaluating.client().post("/v1/applications", json={"project_id": closed, "accepted": evaluating.agreed})
    assert (refused.status_code, refused.json["code"]) == (409, "project_not_open")
    assert [evaluating.begin(variant).status_code for variant in evaluating.projects] == [201, 201]


def test_who_disagrees_leaves_no_record_and_who_agrees_registers(evaluating: Any) -> None:
    refused = evaluating.begin(accepted=[])
    assert (refused.status_code, refused.json["code"]) == (422, "commitment_missing")
    assert evaluating.client().get("/v1/applications").json["items"] == []
    agreed = evaluating.begin()
    assert agreed.status_code == 201
    assert agreed.json["commitments"] == [{"key": "truthfulness", "accepted_at": agreed.json["created_at"]}]
    shown = evaluating.house.get(evaluating.a, agreed.json["id"]).json
    assert shown["problems"][0]["path"] == "sections.registration.mobile"


@pytest.mark.req("S4h-04")
def test_the_registration_is_changed_until_the_report(evaluating: Any) -> None:
    evaluating.committee()
    application = evaluating.filled()
    saved = evaluating.save(application, {"registration": {"mobile": "13900000000", "email": "zhangsan@example.com"}})
    assert (saved.status_code, saved.json["sections"]["registration"]["mobile"]) == (200, "13900000000")
    assert evaluating.with_opinion(application).json["status"] == "ready_to_report"
    assert evaluating.report(application).status_code == 200
    refused = evaluating.save(application, {"registration": {"mobile": "13700000000"}})
    assert (refused.status_code, refused.json["code"]) == (409, "status_forbids")


@pytest.mark.req("S4c-07")
def test_an_incomplete_form_is_saved_and_only_its_report_names_what_is_missing(evaluating: Any) -> None:
    """Ten of the basic information are asked of everybody before anything else is; three of them are filled in."""
    form = evaluating.form()
    ten = ["person_name", "sex", "id_type", "id_number", "birth_date", "ethnicity", "birthplace", "work_unit"]
    ten += ["highest_degree", "series"]
    form["basic"] = {key: value for key, value in form["basic"].items() if key not in ten}
    application = evaluating.begin(sections=form).json["id"]
    evaluating.with_opinion(application)
    three = {key: evaluating.basic[key] for key in ten[:3]}
    assert evaluating.save(application, {"basic": three}).status_code == 200
    again = evaluating.house.get(evaluating.a, application).json
    assert {key: again["sections"]["basic"][key] for key in ten[:3]} == three
    refused = evaluating.report(application)
    assert refused.status_code == 422
    assert {e["path"] for e in refused.json["errors"]} == {f"sections.basic.{key}" for key in ten[3:]}
    assert len(refused.json["errors"]) == 7


@pytest.mark.req("S4d-04")
def test_records_are_added_one_by_one_and_kept_only_complete(evaluating: Any) -> None:
    application = evaluating.begin().json["id"]
    evaluating.save(application, {"training": {"records": [TRAINING]}})
    ethics = {key: value for key, value in TRAINING.items() if key != "hours"} | {"content": "职业道德"}
    twice = evaluating.save(application, {"training": {"records": [TRAINING, ethics]}})
    assert twice.json["sections"]["training"]["records"] == [TRAINING, ethics]
    short = {key: value for key, value in TRAINING.items() if key != "organiser"}
    refused = evaluating.save(application, {"training": {"records": [TRAINING, short]}})
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("required", "sections.training.records.1.organiser")
    ]
    assert len(evaluating.house.get(evaluating.a, application).json["sections"]["training"]["records"]) == 2


@pytest.mark.req("S4d-05")
def test_the_information_of_a_material_is_saved_first_and_its_file_follows(evaluating: Any) -> None:
    evaluating.committee()
    application = evaluating.filled()
    evaluating.with_opinion(application)
    nameless = evaluating.save(application, {"material_list": {"records": [{"kind": "education"}]}})
    assert [(e["code"], e["path"]) for e in nameless.json["errors"]] == [
        ("required", "sections.material_list.records.0.name")
    ]
    certificate, other = {"kind": "education", "name": "学历证书"}, {"kind": "other", "name": "荣誉证书"}
    assert evaluating.save(application, {"material_list": {"records": [certificate, other]}}).status_code == 200
    without = evaluating.house.get(evaluating.a, application).json["sections"]["material_list"]["records"]
    assert without == [certificate, other]
    place = "sections.material_list.records.0.listed_file"
    named = [(p["code"], p["path"]) for p in evaluating.check(application)["problems"]]
    assert named == [("required", place)]
    assert [e["path"] for e in evaluating.report(application).json["errors"]] == [place]

    uploaded = certificate | {"listed_file": evaluating.file("listed_file", kind="attachment")}
    saved = evaluating.save(application, {"material_list": {"records": [uploaded, other]}})
    assert saved.status_code == 200, saved.json
    listed = saved.json["sections"]["material_list"]["records"]
    assert [row["listed_file"]["name"] for row in listed if "listed_file" in row] == ["listed_file.jpg"]
    assert evaluating.check(application)["problems"] == []
    assert evaluating.report(application).status_code == 200


@pytest.mark.req("S4d-07")
def test_the_own_declarations_of_all_years_are_listed_with_activity_and_status(evaluating: Any) -> None:
    for year in (2022, 2023):
        days = {"opens_on": f"{year}-01-01", "closes_on": "2099-12-31", "year": year}
        evaluating.projects[str(year)] = evaluating.project("intermediate_personal", name=f"{year}年评审", **days)
        assert evaluating.begin(str(year)).status_code == 201
    listed = evaluating.client().get("/v1/applications").json["items"]
    assert [(a["project_name"], a["status_label"]["zh"]) for a in listed] == [
        ("2023年评审", "填写中"),
        ("2022年评审", "填写中"),
    ]
    assert evaluating.client(person_actor()).get("/v1/applications").json["items"] == []
