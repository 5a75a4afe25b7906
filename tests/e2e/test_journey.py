"""The whole job over HTTP, from the programme to the printed form; each step as its people do it."""

import io
from typing import Any

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from shenbao_stack import job
from shenbao_stack.demo.town import FORM, INTERMEDIATE, Town
from shenbao_stack.world import done

REASON = "学历证书不清晰"


def pages(paper: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages]


def status(user: Any, application: str) -> str:
    return str(job.shown(user, application)["status"])


@pytest.mark.req("S4g-05", "S4g-12", "S4g-18", "S4g-20", "S4g-21", "S4g-22", "S4g-23")
def test_an_employer_declares_a_person_from_registration_to_the_printed_form(town: Town) -> None:
    department = town.department("市教育局")
    project = town.project(town.bureau, INTERMEDIATE)
    unit = town.unit(department)
    unit.user.follow(town.bureau.user)
    filler = town.world.new_sub_account(unit, permissions=("application.fill", "application.print")).user
    filler.follow(unit.user)

    application = town.draft(filler, project)
    missing = {problem["path"] for problem in job.shown(filler, application)["problems"]}
    assert {"sections.basic.id_number", "sections.evaluation_form.evaluation_form_file"} <= missing
    saved = done(job.save(filler, application, town.sections(filler, project)))
    assert (saved["status"], saved["problems"]) == ("ready_to_report", [])
    assert job.report(filler, [application]).status_code == 403

    unit.user.follow(filler)
    assert done(job.report(unit.user, [application]))["results"] == [{"id": application, "result": "reported"}]
    first_print = job.print_form(unit.user, application, FORM)
    assert first_print["watermark"] is False
    assert not any("未上报" in text for text in pages(job.printed(unit.user, first_print["id"])))

    _return_correct_report_again(unit.user, department.user, application)
    prints = done(unit.user.call("GET", "documents", "/v1/prints", params={"application_id": application}))["items"]
    assert [(p["id"], p["outdated"]) for p in prints] == [(first_print["id"], True)]

    done(job.decide(department.user, application, "pass", after=unit.user))
    unit.user.follow(department.user)
    tracked = job.shown(unit.user, application)
    assert (tracked["current"]["organisation_name"], tracked["status_label"]["zh"]) == ("市人社局", "审核中")
    done(job.decide(town.bureau.user, application, "pass", after=department.user))
    unit.user.follow(town.bureau.user)
    assert status(unit.user, application) == "approved"
    assert _log(unit.user, application) == [
        ("report", "示例科技有限公司", 1),
        ("return", "市教育局", 1),
        ("report", "示例科技有限公司", 2),
        ("pass", "市教育局", 2),
        ("pass", "市人社局", 2),
    ]
    assert job.print_form(unit.user, application, FORM)["watermark"] is False


def _return_correct_report_again(unit: Any, department: Any, application: str) -> None:
    done(job.decide(department, application, "return", REASON, after=unit))
    unit.follow(department)
    returned = job.shown(unit, application)
    assert returned["status"] == "returned"
    corrected = returned["sections"]
    corrected["experience"]["education"][0]["school"] = "浙江工业大学"
    assert done(job.save(unit, application, corrected))["status"] == "returned"
    assert done(job.report(unit, [application]))["results"] == [{"id": application, "result": "reported"}]


def _log(user: Any, application: str) -> list[tuple[str, str, int]]:
    lines = done(user.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
    return [(line["action"], line["organisation_name"], line["round"]) for line in lines]


@pytest.mark.req("S4g-19")
def test_the_workbook_holds_what_was_filtered_in_the_listed_order(town: Town) -> None:
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    unit.user.follow(department.user)
    for _ in range(7):
        town.ready(unit.user, project)
    town.draft(unit.user, project)
    filters = {"project_id": project["id"], "status": "ready_to_report"}
    listed = done(unit.user.call("GET", "applications", "/v1/applications", params=filters))["items"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(job.export(unit.user, **filters)))
    _title, header, *rows = book.get_sheet_by_index(0).to_python()
    assert header[:3] == ["编号", "单位名称", "姓名"]
    assert len(rows) == 7
    assert [row[0] for row in rows] == [item["reference"] for item in listed]
