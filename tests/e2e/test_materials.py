"""Application materials between the services: filled in, reported, printed, returned, tracked (manual S4g)."""

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest

from shenbao_common.kernel.clock import now
from shenbao_stack import job
from shenbao_stack.demo.town import FORM, INTERMEDIATE, RECOGNITION, Town
from shenbao_stack.world import Office, Unit, done

FOUR_MB = 4_194_304


@pytest.fixture
def department(town: Town) -> Office:
    return town.department("D1")


@pytest.fixture
def project(town: Town, department: Office) -> dict[str, Any]:
    return town.project(department)


@pytest.fixture
def unit(town: Town, department: Office, project: dict[str, Any]) -> Unit:
    del project
    found = town.unit(department)
    found.user.follow(department.user)
    return found


@pytest.mark.req("S4g-14")
def test_an_evaluation_form_of_4194304_bytes_is_taken_and_one_more_byte_is_not(
    unit: Unit, project: dict[str, Any]
) -> None:
    purpose = job.material(project, "evaluation_form_file")
    assert job.upload(unit.user, job.pdf(FOUR_MB), purpose).status_code == 201
    refused = job.upload(unit.user, job.pdf(FOUR_MB + 1), purpose)
    assert refused.status_code == 422
    error = refused.json()["errors"][0]
    assert (error["code"], error["params"]["limit"]) == ("file_too_large", FOUR_MB)
    word = job.upload(unit.user, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), purpose, name="form.doc")
    assert (word.status_code, word.json()["errors"][0]["code"]) == (422, "wrong_format")


@pytest.mark.req("S4g-15")
def test_attachments_come_later_one_by_one_and_a_failed_upload_takes_nothing_away(
    town: Town, unit: Unit, project: dict[str, Any]
) -> None:
    application = town.ready(unit.user, project)
    before = job.shown(unit.user, application)["sections"]
    papers = [job.pdf(), job.pdf(), b"MZ" + bytes(400), job.pdf(), job.pdf()]
    purpose = job.attachment(project, "attachment_files")
    sent = [job.upload(unit.user, p, purpose, name=f"附件{n}.pdf") for n, p in enumerate(papers, 1)]
    assert [answer.status_code for answer in sent] == [201, 201, 422, 201, 201]
    kept = [{"receipt": answer.json()["receipt"]} for answer in sent if answer.status_code == 201]
    patch = {"attachments": {"attachment_files": kept}}
    after = done(job.save(unit.user, application, patch, method="PATCH"))["sections"]
    assert [f["name"] for f in after["attachments"]["attachment_files"]] == [f"附件{n}.pdf" for n in (1, 2, 4, 5)]
    assert {key: after[key] for key in ("basic", "experience")} == {k: before[k] for k in ("basic", "experience")}


@pytest.mark.req("S4g-16", "S4g-17")
def test_what_is_reported_is_read_only_and_stays_when_ticked_for_deletion(
    town: Town, unit: Unit, project: dict[str, Any]
) -> None:
    unreported, reported = town.ready(unit.user, project), town.reported(unit.user, project)
    sections = job.shown(unit.user, unreported)["sections"]
    assert job.save(unit.user, unreported, sections).status_code == 200
    refused = job.save(unit.user, reported, sections)
    assert (refused.status_code, refused.json()["code"]) == (409, "status_forbids")
    assert [job.shown(unit.user, a)["editable"] for a in (unreported, reported)] == [True, False]
    body = {"ids": [unreported, reported]}
    results = done(unit.user.call("POST", "applications", "/v1/applications/deletions", body))["results"]
    assert [(r["id"], r["result"], r.get("code")) for r in results] == [
        (unreported, "deleted", None),
        (reported, "refused", "already_reported"),
    ]
    listed = done(unit.user.call("GET", "applications", "/v1/applications"))["items"]
    assert [item["id"] for item in listed] == [reported]


@pytest.mark.req("S4g-18")
def test_three_ticked_materials_enter_the_departments_queue_only_with_operator_and_telephone(
    town: Town, unit: Unit, department: Office, project: dict[str, Any]
) -> None:
    ticked = [town.ready(unit.user, project) for _ in range(3)]
    before = _open_cases(department)
    refused = job.report(unit.user, ticked, operator_phone="")
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "operator_phone")
    results = done(job.report(unit.user, ticked))["results"]
    assert [r["result"] for r in results] == ["reported"] * 3
    department.user.follow(unit.user)
    assert _open_cases(department) == before + 3
    assert {job.shown(unit.user, a)["status"] for a in ticked} == {"in_review"}


def _open_cases(office: Office) -> int:
    return int(done(office.user.call("GET", "review", "/v1/cases/counts"))["open"])


@pytest.mark.req("S4g-20")
@pytest.mark.parametrize(
    ("variant", "kind", "title"),
    [(None, FORM, "初定表"), (RECOGNITION, "recognition_form", "认定表")],
)
def test_a_print_has_a_watermark_on_every_page_until_the_material_is_reported(
    town: Town, unit: Unit, department: Office, variant: str | None, kind: str, title: str
) -> None:
    project = town.project(department, variant) if variant else town.project(department)
    unit.user.follow(department.user)
    application = town.ready(unit.user, project)
    early = job.print_form(unit.user, application, kind)
    texts = _pages(job.printed(unit.user, early["id"]))
    assert early["watermark"] is True
    assert all("未上报" in text for text in texts)
    done(job.report(unit.user, [application]))
    late = job.print_form(unit.user, application, kind)
    texts = _pages(job.printed(unit.user, late["id"]))
    assert late["watermark"] is False
    assert not any("未上报" in text for text in texts)
    assert title in "".join(texts).replace(" ", "")


def _pages(paper: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages]


@pytest.mark.req("S4g-21")
def test_a_returned_material_shows_who_returned_it_when_and_why_and_stays_returned_when_saved(
    town: Town, unit: Unit, department: Office, project: dict[str, Any]
) -> None:
    application = town.reported(unit.user, project)
    done(job.decide(department.user, application, "return", "学历证书不清晰", after=unit.user))
    unit.user.follow(department.user)
    line = done(unit.user.call("GET", "review", f"/v1/cases/{application}/log"))["items"][-1]
    assert (line["organisation_name"], line["action"], line["opinion"]) == ("D1", "return", "学历证书不清晰")
    assert now() - timedelta(minutes=5) < _moment(line["at"]) <= now()
    sections = job.shown(unit.user, application)["sections"]
    sections["basic"]["birthplace"] = "浙江省宁波市"
    assert done(job.save(unit.user, application, sections))["status"] == "returned"
    tab = {"tab": "returned"}
    listed = done(unit.user.call("GET", "applications", "/v1/applications", params=tab))["items"]
    assert [item["id"] for item in listed] == [application]


def _moment(text: str) -> Any:
    return type(now()).fromisoformat(text)


@pytest.mark.req("S4g-22")
@pytest.mark.parametrize("changed", ["school", "attachment"])
def test_a_print_is_outdated_after_a_correction_only_when_printed_content_changed(
    town: Town, unit: Unit, department: Office, project: dict[str, Any], changed: str
) -> None:
    application = town.reported(unit.user, project)
    early = job.print_form(unit.user, application, FORM)
    done(job.decide(department.user, application, "return", "请更正", after=unit.user))
    unit.user.follow(department.user)
    sections = job.shown(unit.user, application)["sections"]
    if changed == "school":
        sections["experience"]["education"][0]["school"] = "浙江工业大学"
    else:
        receipt = done(job.upload(unit.user, job.pdf(), job.attachment(project, "attachment_files")))["receipt"]
        sections["attachments"] = {"attachment_files": [{"receipt": receipt}]}
    done(job.save(unit.user, application, sections))
    done(job.report(unit.user, [application]))
    assert job.shown(unit.user, application)["status"] == "in_review"
    asked = {"application_id": application}
    prints = done(unit.user.call("GET", "documents", "/v1/prints", params=asked))["items"]
    assert [(p["id"], p["outdated"]) for p in prints] == [(early["id"], changed == "school")]


@pytest.mark.req("S4g-23")
def test_a_material_at_the_bureau_is_tracked_there_and_cannot_be_saved(
    town: Town, unit: Unit, department: Office
) -> None:
    project = town.project(town.bureau, INTERMEDIATE)
    unit.user.follow(town.bureau.user)
    application = town.reported(unit.user, project)
    done(job.decide(department.user, application, "pass", after=unit.user))
    unit.user.follow(department.user)
    seen = job.shown(unit.user, application)
    assert (seen["current"]["organisation_name"], seen["status_label"]["zh"]) == ("市人社局", "审核中")
    assert seen["editable"] is False
    case = done(unit.user.call("GET", "review", f"/v1/cases/{application}"))
    assert (case["current"]["organisation_name"], case["label"]["zh"]) == ("市人社局", "审核中")
    assert case["current"]["actions"] == []
    assert job.save(unit.user, application, seen["sections"]).status_code == 409
