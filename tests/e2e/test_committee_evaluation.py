"""An applicant declares for a title: from the commitment over the printed form to the committee that evaluates it."""

import csv
import io
from typing import Any

import pypdf
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from shenbao_stack import job
from shenbao_stack.demo.town import Town
from shenbao_stack.services import root
from shenbao_stack.world import World, done, settled

PROGRAMME = "title_committee_evaluation"
AGREED = ["truthfulness"]
FORMS = ("declaration_form", "evaluation_summary_form", "qualification_form")

BASIC = {
    "person_name": "张三",
    "sex": "male",
    "id_type": "id_card",
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江杭州",
    "political_status": "masses",
    "health": "healthy",
    "work_unit": "示例科技有限公司",
    "work_start_date": "2012-07-01",
    "highest_degree": "bachelor",
    "series": "engineering",
    "declared_title": "engineer",
    "subject_group": "electronics",
    "current_specialty": "电子信息",
    "specialty_years": 8,
    "present_tier": "primary",
    "present_title": "助理工程师",
    "present_title_date": "2016-09-01",
    "exceptional": "no",
}


@pytest.fixture(scope="module")
def project(world: World, town: Town) -> dict[str, Any]:
    """The programme is published, its committee formed, and the bureau's project open."""
    done(world.publish_programme(root() / "programmes" / PROGRAMME))
    settled(world.admin(), "documents", "review")
    committee = {"name": "电子信息工程评委会", "programmes": [PROGRAMME], "groups": ["electronics"]}
    done(town.bureau.user.call("POST", "review", "/v1/committees", committee))
    return town.project(town.bureau, "intermediate_unit", programme=PROGRAMME, name="2026年工程师评审")


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (300, 420), (60, 90, 160)).save(picture, "JPEG")
    return picture.getvalue()


def form(user: Any, project: dict[str, Any], number: str) -> dict[str, Any]:
    """What the summary of an engineer holds; the photos are uploaded for their materials."""
    photos = {}
    for key in ("photo", "id_card_front", "id_card_back"):
        taken = done(job.upload(user, photo(), job.material(project, key), name=f"{key}.jpg"))
        photos[key] = {"receipt": taken["receipt"]}
    works = [{"name": "城市数据平台", "scale": "1200万元", "own_role": "主要完成人", "completed_on": "2025-06"}]
    study = {
        "ended_on": "2012-06",
        "completion": "graduated",
        "school": "浙江大学",
        "major": "电子",
        "degree": "bachelor",
        "degree_date": "2012-06-30",
        "degree_unit": "浙江大学",
    }
    return {
        "registration": {"mobile": "13800000000", "email": "zhangsan@example.com"},
        "basic": BASIC | {"id_number": number} | photos,
        "summary": {"engineering_works": works, "achievements": "主持完成城市数据平台的建设。"},
        "study": {"records": [study]},
        "work": {
            "records": [
                {"start_date": "2012-07-01", "end_date": "2026-06-30", "unit": "示例科技有限公司", "post": "电子信息"}
            ]
        },
        "performance": {"records": [{"start_date": "2023-01-01", "description": "平台建设", "own_role": "主持"}]},
    }


def text_of(paper: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages).replace("\n", "")


def test_a_title_is_declared_examined_and_brought_before_its_committee(town: Town, project: dict[str, Any]) -> None:
    department = town.department()
    unit = town.unit(department)
    unit.user.follow(town.bureau.user)
    account = town.world.new_sub_account(unit, permissions=("application.fill", "application.print")).user
    account.follow(unit.user)
    listed = done(account.call("GET", "applications", "/v1/projects", params={"programme": PROGRAMME}))["items"]
    assert [p["name"] for p in listed if p["open"] and p["id"] == project["id"]] == ["2026年工程师评审"]

    body = {"project_id": project["id"], "sections": form(account, project, "330000199001010014"), "accepted": AGREED}
    application = done(account.call("POST", "applications", "/v1/applications", body))["id"]
    assert job.report(account, [application]).status_code == 403
    _print_every_form(account, application)

    unit.user.follow(account)
    sent = unit.user.call("POST", "applications", f"/v1/applications/{application}/report", {})
    assert done(sent)["status"] == "in_review"
    done(job.decide(department.user, application, "pass", after=unit.user))
    done(job.decide(town.bureau.user, application, "pass", after=department.user))
    unit.user.follow(town.bureau.user)
    shown = job.shown(unit.user, application)
    assert (shown["current"]["step_key"], shown["current"]["state"]) == ("committee_review", "open")
    assert shown["current"]["organisation_name"] == "电子信息工程评委会"
    assert job.print_form(unit.user, application, "declaration_form")["watermark"] is False


@pytest.mark.req("S4a-10", "S4h-07")
def test_the_forms_are_printed_and_the_basic_items_exported(town: Town, project: dict[str, Any]) -> None:
    unit = town.unit(town.department())
    unit.user.follow(town.bureau.user)
    body = {"project_id": project["id"], "sections": form(unit.user, project, "330000198506150026"), "accepted": AGREED}
    application = done(unit.user.call("POST", "applications", "/v1/applications", body))["id"]
    first = _print_every_form(unit.user, application)
    changed = job.shown(unit.user, application)["sections"]["basic"] | {"administrative_post": "研发部主任"}
    done(job.save(unit.user, application, {"basic": changed}, method="PATCH"))
    second = _print_every_form(unit.user, application)
    assert ["研发部主任" in text for text in (first, second)] == [False, True]
    assert "版本：1" in first
    assert "版本：2" in second
    _blank_forms(town.bureau.user, project)
    exported = job.export(unit.user, programme=PROGRAMME, ids=application)
    _title, header, row = CalamineWorkbook.from_filelike(io.BytesIO(exported)).get_sheet_by_index(0).to_python()
    assert header[:4] == ["编号", "单位名称", "姓名", "性别"]
    assert (row[2], row[7], row[8]) == ("张三", "工程师", "电子信息")
    sheet = done(unit.user.call("GET", "applications", "/v1/applications/summary-sheet", params={"ids": application}))
    values = unit.user.call("POST", "documents", "/v1/exports", sheet | {"format": "csv"}).raise_for_status()
    assert next(csv.reader(values.content.decode("utf-8").splitlines())) == header


def _blank_forms(officer: Any, project: dict[str, Any]) -> None:
    """Each form with its own template, of nobody."""
    for kind in FORMS:
        sheet = done(officer.call("GET", "applications", f"/v1/projects/{project['id']}/blank-sheets/{kind}"))
        text = text_of(officer.call("POST", "documents", "/v1/blank-forms", sheet).raise_for_status().content)
        assert ("姓　　名" in text, "张三" in text, "预览" in text) == (True, False, False), kind


def _print_every_form(user: Any, application: str) -> str:
    """Answers the text of the declaration form."""
    texts = {}
    for kind in FORMS:
        made = job.print_form(user, application, kind)
        texts[kind] = text_of(job.printed(user, made["id"]))
        assert all(word in texts[kind] for word in ("张三", "电子信息")), kind
    assert "城市数据平台" in texts["evaluation_summary_form"]
    return texts["declaration_form"]
