"""Reporting, what review answers, correction, and the change of the supervising department."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from shenbao_applications.domain import printing
from shenbao_applications.models import Project, Snapshot
from shenbao_common.contracts.applications import (
    ApplicationApprovedV1,
    ApplicationDeletedV1,
    ApplicationRecalledV1,
    ApplicationResubmittedV1,
    ApplicationSubmittedV1,
)
from shenbao_common.testing.actors import unit_actor

DEPARTMENT_STEP = "supervising_department_review"
BUREAU_STEP = "hr_review"


@pytest.mark.req("S4g-08")
def test_the_unit_sees_per_project_how_many_are_to_be_reported_and_returned(house) -> None:
    unit = house.unit()
    project = house.project()
    client = house.service.client(unit)

    def work() -> tuple[int, int]:
        (found,) = client.get("/v1/projects/work").json["items"]
        assert found["project"]["id"] == project
        return found["to_report"], found["returned"]

    returned = house.reported(unit, project)
    house.opened(returned, house.d1, DEPARTMENT_STEP)
    house.returned(returned, house.d1, DEPARTMENT_STEP)
    ready = [house.create(unit, project, house.sections(unit, **_passport(n)))["id"] for n in range(3)]
    assert work() == (3, 1)
    assert house.report(unit, ready[0]).status_code == 200
    assert work() == (2, 1)
    counts = client.get("/v1/applications/counts", query_string={"project_id": project}).json
    assert (counts["to_report"], counts["returned"], counts["reported"], counts["all"]) == (2, 1, 1, 4)
    for tab in ("to_report", "returned", "reported", "tracked", "all"):
        listed = client.get("/v1/applications", query_string={"tab": tab}).json["items"]
        assert len(listed) == counts[tab]


@pytest.mark.req("S4g-16")
def test_an_unreported_material_can_be_saved_and_a_reported_one_is_read_only(house) -> None:
    unit = house.unit()
    project = house.project()
    unreported = house.ready(unit, project)
    reported = house.reported(unit, project, house.numbers[1])
    client = house.service.client(unit)
    listed = client.get("/v1/applications", query_string={"project_id": project}).json["items"]
    assert {a["reference"] for a in listed} == {unreported["reference"], reported["reference"]}
    assert house.get(unit, unreported["id"]).json["editable"] is True
    assert house.save(unit, unreported["id"], {"basic": {"birthplace": "宁波"}}, part=True).status_code == 200
    assert house.get(unit, reported["id"]).json["editable"] is False
    refused = house.save(unit, reported["id"], {"basic": {"birthplace": "宁波"}}, part=True)
    assert (refused.status_code, refused.json["code"]) == (409, "status_forbids")


@pytest.mark.req("S4g-17")
def test_of_two_ticked_materials_the_unreported_is_deleted_and_the_reported_refused(house) -> None:
    unit = house.unit()
    project = house.project()
    unreported = house.ready(unit, project)
    reported = house.reported(unit, project, house.numbers[1])
    ticked = {"ids": [unreported["id"], reported["id"]]}
    results = house.service.client(unit).post("/v1/applications/deletions", json=ticked).json["results"]
    assert [(r["id"], r["result"], r.get("code")) for r in results] == [
        (unreported["id"], "deleted", None),
        (reported["id"], "refused", "already_reported"),
    ]
    assert house.get(unit, unreported["id"]).status_code == 404
    assert house.get(unit, reported["id"]).status_code == 200
    (told,) = house.service.told(ApplicationDeletedV1)
    assert str(told.application_id) == unreported["id"]


@pytest.mark.req("S4g-18")
def test_three_ticked_materials_are_reported_with_operator_and_telephone(house) -> None:
    unit = house.unit()
    project = house.project()
    ids = [house.create(unit, project, house.sections(unit, **_passport(n)))["id"] for n in range(3)]
    client = house.service.client(unit)
    empty = client.post("/v1/applications/reports", json={"ids": ids, **house.operator, "operator_phone": " "})
    assert empty.status_code == 422
    assert empty.json["errors"] == [{"code": "required", "path": "operator_phone", "params": {}}]
    assert house.service.told(ApplicationSubmittedV1) == []

    results = client.post("/v1/applications/reports", json={"ids": ids, **house.operator}).json["results"]
    assert [r["result"] for r in results] == ["reported"] * 3
    for application in ids:
        found = house.get(unit, application).json
        assert (found["status"], found["editable"], found["round"]) == ("in_review", False, 1)
        assert house.save(unit, application, {"basic": {}}, part=True).status_code == 409
    told = house.service.told(ApplicationSubmittedV1)
    assert [str(e.application_id) for e in told] == ids
    assert {e.department_id for e in told} == {house.d1.organisation_id}
    assert {e.operator_id for e in told} == {unit.account_id}


def test_a_batch_names_for_each_why_it_was_refused(house) -> None:
    unit = house.unit()
    project = house.project()
    draft = house.create(unit, project)
    reported = house.reported(unit, project)
    stranger = house.ready(house.unit(), project, house.numbers[1])
    ids = [draft["id"], reported["id"], stranger["id"]]
    body = {"ids": ids, **house.operator}
    results = house.service.client(unit).post("/v1/applications/reports", json=body).json["results"]
    assert [r["code"] for r in results] == ["incomplete", "already_reported", "not_found"]
    assert [r["reference"] for r in results] == [draft["reference"], reported["reference"], ""]
    assert results[0]["errors"][0] == {"code": "required", "path": "sections.basic.person_name", "params": {}}
    assert house.get(unit, draft["id"]).json["status"] == "draft"


def test_a_report_keeps_a_snapshot_whose_hash_recomputes(house) -> None:
    unit = house.unit()
    reported = house.reported(unit, house.project())
    with house.service.sessions() as session:
        kept = session.scalars(sa.select(Snapshot)).one()
    assert kept.report == house.operator
    assert kept.sections == reported["sections"]
    assert kept.content_hash == printing.content_hash(
        kept.sections, reference=reported["reference"], round=1, submitted_at=kept.submitted_at.isoformat()
    )
    (told,) = house.service.told(ApplicationSubmittedV1)
    form = reported["sections"]["evaluation_form"]["evaluation_form_file"]
    assert told.document_ids == (form["document_id"],)
    assert told.print_hash == reported["print_hash"]


@pytest.mark.req("S4g-21")
def test_a_returned_material_shows_by_whom_and_when_and_stays_returned_until_reported_again(house) -> None:
    unit = house.unit()
    material = house.reported(unit, house.project())
    house.opened(material, house.d1, DEPARTMENT_STEP)
    house.returned(material, house.d1, DEPARTMENT_STEP)
    client = house.service.client(unit)
    listed = client.get("/v1/applications", query_string={"tab": "returned"}).json["items"]
    assert [a["id"] for a in listed] == [material["id"]]
    found = house.get(unit, material["id"]).json
    (step,) = found["steps"]
    assert (step["organisation_name"], step["state"]) == ("D1", "returned")
    assert datetime.fromisoformat(step["decided_at"]) == datetime(2014, 5, 6, 2, 30, tzinfo=UTC)
    assert found["editable"] is True
    saved = house.save(unit, material["id"], {"basic": {"birthplace": "宁波"}}, part=True).json
    assert saved["status"] == "returned"
    again = house.report(unit, material["id"]).json
    assert (again["status"], again["round"]) == ("in_review", 2)
    (told,) = house.service.told(ApplicationResubmittedV1)
    assert (str(told.application_id), told.round) == (material["id"], 2)


@pytest.mark.req("S4g-22")
def test_a_changed_school_changes_what_is_printed_and_a_changed_attachment_does_not(house) -> None:
    unit = house.unit()
    material = house.reported(unit, house.project())
    house.opened(material, house.d1, DEPARTMENT_STEP)
    house.returned(material, house.d1, DEPARTMENT_STEP)
    attached = {"attachments": {"attachment_files": [house.attachment(unit)]}}
    assert house.save(unit, material["id"], attached, part=True).json["print_hash"] == material["print_hash"]
    education = [material["sections"]["experience"]["education"][0] | {"school": "浙江工业大学"}]
    changed = house.save(unit, material["id"], {"experience": {"education": education}}, part=True).json
    assert changed["print_hash"] != material["print_hash"]
    assert house.report(unit, material["id"]).json["status"] == "in_review"
    (told,) = house.service.told(ApplicationResubmittedV1)
    assert told.print_hash == changed["print_hash"]


def test_a_correction_is_reported_after_the_period_too_but_a_first_report_is_not(house) -> None:
    unit = house.unit()
    project = house.project()
    returned = house.reported(unit, project)
    ready = house.ready(unit, project, house.numbers[1])
    house.opened(returned, house.d1, DEPARTMENT_STEP)
    house.returned(returned, house.d1, DEPARTMENT_STEP)
    with house.service.service.sessions.begin() as session:
        session.execute(sa.update(Project).values(closes_on=datetime(2020, 12, 31, tzinfo=UTC).date()))
    assert house.report(unit, returned["id"]).json["status"] == "in_review"
    assert house.report(unit, ready["id"]).json["code"] == "project_not_open"


def test_an_intermediate_material_passes_both_bodies_and_is_approved_at_the_end(house) -> None:
    unit = house.unit()
    material = house.reported(unit, house.project(house.bureau, variant="determination_intermediate"))
    house.opened(material, house.d1, DEPARTMENT_STEP)
    assert house.get(unit, material["id"]).json["current"]["organisation_name"] == "D1"
    house.passed(material, house.d1, DEPARTMENT_STEP, final=False)
    house.opened(material, house.bureau, BUREAU_STEP, "市人社局")
    current = house.get(unit, material["id"]).json["current"]
    assert (current["organisation_name"], current["zh"], current["state"]) == ("市人社局", "市人社局审核", "open")
    assert house.get(house.d1, material["id"]).status_code == 200
    assert house.get(house.d2, material["id"]).status_code == 404
    house.passed(material, house.bureau, BUREAU_STEP, final=True)
    assert house.get(unit, material["id"]).json["status"] == "approved"
    assert len(house.service.told(ApplicationApprovedV1)) == 1


def test_a_failed_step_ends_the_material_and_its_person_may_begin_anew(house) -> None:
    unit = house.unit()
    project = house.project()
    material = house.reported(unit, project)
    house.opened(material, house.d1, DEPARTMENT_STEP)
    house.failed(material, house.d1, DEPARTMENT_STEP)
    assert house.get(unit, material["id"]).json["status"] == "rejected"
    assert house.report(unit, material["id"]).status_code == 409
    house.ready(unit, project)


def test_late_news_of_an_earlier_round_moves_nothing(house) -> None:
    unit = house.unit()
    first = house.reported(unit, house.project())
    house.opened(first, house.d1, DEPARTMENT_STEP)
    house.returned(first, house.d1, DEPARTMENT_STEP)
    house.report(unit, first["id"])
    house.failed(first, house.d1, DEPARTMENT_STEP)
    house.opened(first, house.d2, DEPARTMENT_STEP, "D2")
    found = house.get(unit, first["id"]).json
    assert (found["status"], found["current"]) == ("in_review", None)


@pytest.mark.req("S4g-32")
def test_a_change_of_department_brings_four_materials_at_three_steps_back_to_be_reported(house) -> None:
    unit = house.unit()
    primary = house.project()
    intermediate = house.project(house.bureau, variant="determination_intermediate")
    at_department = [house.reported(unit, primary, number) for number in house.numbers]
    at_bureau = house.reported(unit, intermediate)
    returned = house.reported(unit, intermediate, house.numbers[1])
    approved = house.reported(unit, house.project())
    for material in (*at_department, at_bureau, returned, approved):
        house.opened(material, house.d1, DEPARTMENT_STEP)
    house.passed(at_bureau, house.d1, DEPARTMENT_STEP, final=False)
    house.opened(at_bureau, house.bureau, BUREAU_STEP, "市人社局")
    house.returned(returned, house.d1, DEPARTMENT_STEP)
    house.passed(approved, house.d1, DEPARTMENT_STEP, final=True)

    house.move(unit, house.d2)
    recalled = [*at_department, at_bureau, returned]
    for material in recalled:
        found = house.get(unit, material["id"]).json
        assert (found["status"], found["editable"], found["current"]) == ("ready_to_report", True, None)
        assert {s["state"] for s in found["steps"]} == {"recalled"}
        assert [house.get(o, material["id"]).status_code for o in (house.d1, house.bureau, house.d2)] == [404] * 3
    assert house.get(unit, approved["id"]).json["status"] == "approved"
    told = house.service.told(ApplicationRecalledV1)
    assert sorted(str(e.application_id) for e in told) == sorted(m["id"] for m in recalled)
    assert {(e.from_id, e.to_id) for e in told} == {(house.d1.organisation_id, house.d2.organisation_id)}

    house.move(unit, house.d1, revision=1)
    assert house.report(unit, at_bureau["id"]).json["status"] == "in_review"
    assert house.service.told(ApplicationSubmittedV1)[-1].department_id == house.d2.organisation_id
    deletion = house.service.client(unit).post("/v1/applications/deletions", json={"ids": [returned["id"]]}).json
    assert deletion["results"][0]["code"] == "already_reported"


def test_a_unit_that_is_not_known_here_yet_reports_nothing(house) -> None:
    body = {"ids": ["00000000-0000-7000-8000-000000000000"], **house.operator}
    answer = house.service.client(unit_actor()).post("/v1/applications/reports", json=body)
    assert (answer.status_code, answer.json["code"]) == (403, "may_not_report")


def _passport(number: int) -> dict[str, str]:
    return {"id_type": "passport", "id_number": f"E1234567{number}"}


def test_what_a_programme_does_not_ask_of_the_one_who_reports_is_left_aside(house, pack_text: str) -> None:
    """An operator's name reaches a programme that asks for none, and fields of its own are taken."""
    head, tail = pack_text.split("\nreport_fields:", 1)
    rest = tail[tail.index("\n\n") :]
    unit = house.unit()
    assert house.publish_pack(head + rest).status_code == 201
    house.version += 1
    plain = house.ready(unit, house.project())
    assert house.report(unit, plain["id"]).status_code == 200
    own = "\nreport_fields:\n  - {key: contact, zh: 联系人, en: Contact, type: text, required: true}"
    assert house.publish_pack(head + own + rest).status_code == 201
    house.version += 1
    other = house.ready(unit, house.project(), house.numbers[1])
    refused = house.report(unit, other["id"])
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [("required", "contact")]
    unknown = house.report(unit, other["id"], contact="钱", fax="1")
    assert [(e["code"], e["path"]) for e in unknown.json["errors"]] == [("unknown_field", "fax")]
    body = {"ids": [other["id"]], "contact": "钱经办", **house.operator}
    (result,) = house.service.client(unit).post("/v1/applications/reports", json=body).json["results"]
    assert result["result"] == "reported"
    with house.service.sessions() as session:
        kept = {s.application_id: s.report for s in session.scalars(sa.select(Snapshot))}
    assert {str(key): value for key, value in kept.items()} == {plain["id"]: {}, other["id"]: {"contact": "钱经办"}}
