"""An evaluation by a committee by hand: looked through and reported, examined, evaluated elsewhere, and posted."""

import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from shenbao_stack import job
from shenbao_stack.browsing import Desk, sign_in
from shenbao_stack.client import User
from shenbao_stack.demo.invented import citizen_number
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.persons import new_person
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, World, done, settled

PROGRAMME = "title_committee_evaluation"
GROUP = "machinery"
"""One in which no other test here declares."""


@dataclass(frozen=True)
class Declaring:
    """Somebody whose declaration lacks the unit's opinion alone; the committee evaluates outside of the suite."""

    person: User
    application: str
    committee: str


@pytest.fixture
def declaring(world: World, town: Town) -> Declaring:
    done(world.publish_programme(root() / "programmes" / PROGRAMME))
    settled(world.admin(), "documents", "review")
    bureau = town.bureau.user
    body = {"name": f"机械工程评委会{world.serial()}", "programmes": [PROGRAMME], "groups": [GROUP], "outside": True}
    committee = done(bureau.call("POST", "review", "/v1/committees", body))["committee_id"]
    settled(bureau, "applications")
    name = f"工程师评审{world.serial()}"
    project = town.project(town.bureau, "intermediate_personal", programme=PROGRAMME, name=name)
    person = new_person(world)
    person.follow(bureau)
    begun = {"project_id": project["id"], "accepted": ["truthfulness"], "sections": form(person, project)}
    made = done(person.call("POST", "applications", "/v1/applications", begun))
    assert [p["path"] for p in made["problems"]] == ["sections.attachments.unit_opinion_files"]
    return Declaring(person, str(made["id"]), str(committee))


def form(person: User, project: dict[str, Any]) -> dict[str, Any]:
    picture = io.BytesIO()
    Image.new("RGB", (300, 420), (60, 90, 160)).save(picture, "JPEG")
    photos = {}
    for key in ("photo", "id_card_front", "id_card_back"):
        taken = done(job.upload(person, picture.getvalue(), job.material(project, key), name=f"{key}.jpg"))
        photos[key] = {"receipt": taken["receipt"]}
    choices = {"sex": "male", "id_type": "id_card", "ethnicity": "han", "political_status": "masses"}
    choices |= {"health": "healthy", "highest_degree": "bachelor", "series": "engineering", "exceptional": "no"}
    choices |= {"declared_title": "engineer", "subject_group": GROUP, "present_tier": "primary"}
    texts = {
        "person_name": "张三",
        "birthplace": "浙江杭州",
        "work_unit": "示例科技有限公司",
        "present_title": "助理工程师",
    }
    texts |= {"birth_date": "1990-01-01", "work_start_date": "2012-07-01", "present_title_date": "2016-09-01"}
    number = citizen_number(date(1990, 1, 1), 907)
    study = {
        "ended_on": "2012-06",
        "completion": "graduated",
        "school": "浙江大学",
        "major": "机械",
        "study_length": "4年",
        "degree": "bachelor",
    }
    works = {"name": "装配线改造", "scale": "1200万元", "own_role": "主要完成人", "completed_on": "2025-06"}
    return {
        "registration": {"mobile": "13800000000", "email": "zhangsan@example.com"},
        "basic": choices | texts | photos | {"id_number": number, "current_specialty": "机械", "specialty_years": 8},
        "summary": {"engineering_works": [works], "achievements": "主持完成装配线改造。"},
        "study": {"records": [study | {"degree_date": "2012-06-30", "degree_unit": "浙江大学"}]},
        "work": {
            "records": [
                {"start_date": "2012-07-01", "end_date": "2026-06-30", "unit": "示例科技有限公司", "post": "机械"}
            ]
        },
        "performance": {"records": [{"start_date": "2023-01-01", "description": "产线改造", "own_role": "主持"}]},
    }


def test_a_title_is_declared_by_hand_and_followed_until_it_is_posted(
    desk: Desk, stack: Stack, town: Town, declaring: Declaring
) -> None:
    page, bureau = desk(), town.bureau.user
    sign_in(page, stack, declaring.person.username, PASSWORD, to="**/person**")
    _adds_the_opinion(page, declaring)
    page.goto(f"/declarations/{declaring.application}?step=study")
    _asks_for_the_days_of_degrees_alone(page)
    looked_at(page, "evaluation-study", languages=("en", "zh"))
    page.goto(f"/declarations/{declaring.application}?step=confirmation")
    expect(page.locator("main")).not_to_contain_text("临床工作量")
    looked_at(page, "evaluation-confirmation")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text(re.compile("[0-9a-f]{64}"))
    looked_at(page, "evaluation-receipt")
    officer = desk(bureau)
    _examines(officer, declaring)
    until(lambda: _stands(page, declaring, "评审", "审核中"), what="it is before the committee")
    reference = job.shown(declaring.person, declaring.application)["reference"]
    rows = {"rows": [{"reference": reference, "result": "passed"}]}
    done(bureau.call("POST", "review", f"/v1/committees/{declaring.committee}/results", rows))
    _posts(officer, page, declaring, reference)
    looked_at(page, "evaluation-followed", languages=("en", "zh"))
    for step, state in (("初审", "已通过"), ("评审", "已通过"), ("公示", "公示中")):
        assert _stands(page, declaring, step, state), step


def _asks_for_the_days_of_degrees_alone(page: Page) -> None:
    """Each row by itself, a new one too."""
    page.get_by_role("button", name="添加一行").click()
    days = page.get_by_label(re.compile("^获得学位日期"))
    expect(days.nth(0)).to_be_visible()
    expect(days.nth(1)).to_be_hidden()
    degrees = page.get_by_label(re.compile("^学历（学位）"))
    degrees.nth(0).select_option(label="大专")
    degrees.nth(1).select_option(label="硕士")
    expect(days.nth(0)).to_be_hidden()
    expect(days.nth(1)).to_be_visible()


def _adds_the_opinion(page: Page, declaring: Declaring) -> None:
    """Named by the confirmation, uploaded in its group and in no other."""
    page.goto(f"/declarations/{declaring.application}?step=registration")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("heading", level=1, name="申报人基本信息")).to_be_visible()
    page.get_by_role("link", name="3. 评审简表").click()
    expect(page.get_by_role("group", name=re.compile("主要工程项目"))).to_be_visible()
    expect(page.locator("form[data-material]")).not_to_contain_text("临床工作量")
    looked_at(page, "evaluation-summary", languages=("en", "zh"))
    page.get_by_role("link", name="12. 附件列表").click()
    looked_at(page, "evaluation-material-list", languages=("en", "zh"))
    page.get_by_role("link", name="下一步").click()
    expect(page.get_by_role("heading", level=1, name="附件资料")).to_be_visible()
    page.goto(f"/declarations/{declaring.application}?step=confirmation")
    expect(page.locator("main")).to_contain_text("检查通过后才能提交审核")
    page.get_by_role("link", name=re.compile("单位意见")).first.click()
    paper = FilePayload(name="单位意见.pdf", mimeType="application/pdf", buffer=job.pdf())
    expect(page.locator("#attachments-unit_opinion_files-error")).to_have_text("此项必填")
    page.locator("#attachments-unit_opinion_files").set_input_files(paper)
    expect(page.get_by_role("link", name=re.compile("单位意见.pdf"))).to_have_count(1)
    expect(page.locator("#attachments-unit_opinion_files-error, [data-summary]")).to_have_count(0)
    looked_at(page, "evaluation-attachments")
    page.get_by_role("button", name=re.compile("保存")).first.click()


def _examines(officer: Page, declaring: Declaring) -> None:
    path = f"/office/cases/{declaring.application}"
    until(lambda: officer.goto(path) and officer.get_by_role("button", name="通过", exact=True).count(), what=path)
    looked_at(officer, "evaluation-first-examination")
    officer.get_by_role("button", name="通过", exact=True).click()
    expect(officer.locator(".note-success").first).to_be_visible()


def _posts(officer: Page, page: Page, declaring: Declaring, reference: str) -> None:
    row = officer.get_by_role("row").filter(has_text=reference)
    until(lambda: officer.goto("/office/publicity") and row.count(), what="it waits to be posted")
    row.locator("[data-tick]").check()
    officer.fill("#title", "关于机械工程评审结果的公示")
    officer.get_by_role("button", name="发布公示").click()
    expect(officer.locator(".note-success").first).to_contain_text("公示已发布")
    link = page.get_by_role("link", name="公示详情")
    until(lambda: page.goto(f"/declarations/{declaring.application}") and link.count(), what="the applicant's notice")


def _stands(page: Page, declaring: Declaring, step: str, state: str) -> bool:
    """Whether the applicant reads of the step that it is in this state."""
    page.goto(f"/declarations/{declaring.application}")
    titled = page.locator(".step-title", has_text=re.compile(rf"^\s*{step}"))
    return bool(page.locator("aside .step", has=titled).filter(has_text=state).count())
