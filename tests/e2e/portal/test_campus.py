"""A declaration on campus by hand: every step looked at, then the head and an office, each with its part."""

import io
import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.browsing import Desk, sign_in
from shenbao_stack.client import User
from shenbao_stack.demo.invented import citizen_number
from shenbao_stack.demo.town import Town
from shenbao_stack.looking import looked_at
from shenbao_stack.persons import bind, new_person
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, Office, Unit, World, done, settled

PROGRAMME = "campus_title_evaluation"
BORN = date(1985, 6, 15)
REASON = "课时与教务系统不符"


@dataclass(frozen=True)
class Campus:
    """A teacher of a department of the university, with everything filled in; the offices that check it."""

    teacher: User
    head: Unit
    offices: dict[str, Office]
    application: str


@pytest.fixture
def campus(world: World, town: Town) -> Campus:
    done(world.publish_programme(root() / "programmes" / PROGRAMME))
    settled(world.admin(), "documents", "review")
    university = town.department("示例大学")
    names = ("人事处", "学工部", "组织部", "教务处")
    offices = {name: world.new_office("department", university, name=name) for name in names}
    done(university.user.call("POST", "review", "/v1/committees", {"name": "学校评委会", "programmes": [PROGRAMME]}))
    project = town.project(university, "campus_senior", programme=PROGRAMME, name="2026年副教授评审")
    head = town.unit(university)
    number = citizen_number(BORN, 811)
    teacher = new_person(world, id_number=number)
    bind(teacher, head)
    teacher.follow(university.user)
    slip = done(teacher.call("POST", "identity", "/v1/me/profile-slips"))["slip"]
    body = {"project_id": project["id"], "sections": form(teacher, project, number), "profile": slip}
    made = done(teacher.call("POST", "applications", "/v1/applications", body))
    return Campus(teacher, head, offices, str(made["id"]))


def form(teacher: User, project: dict[str, Any], number: str) -> dict[str, Any]:
    picture = io.BytesIO()
    Image.new("RGB", (300, 420), (60, 90, 160)).save(picture, "JPEG")
    taken = done(job.upload(teacher, picture.getvalue(), job.material(project, "photo"), name="照片.jpg"))
    year = office_day(now()).year
    basic = {
        "intended_evaluation_type": "teaching_research",
        "person_name": "张三",
        "sex": "male",
        "id_number": number,
        "birth_date": BORN.isoformat(),
        "mobile": "13800000000",
        "highest_degree": "doctor",
        "present_post": "讲师",
        "present_post_start": "2019-09-01",
        "declared_title": "associate_professor",
        "exceptional": "no",
        "photo": {"receipt": taken["receipt"]},
    }
    return {
        "basic": basic,
        "yearly_assessments": {"records": [{"year": year - n, "result": "competent"} for n in (1, 2, 3)]},
        "papers": {"records": [supplement(teacher, project)]},
        "teaching": {"records": [{"school_year": "2024-2025", "course": "高等数学", "lessons": 96}]},
        "performance": {"records": [{"start_date": "2021-01-01", "description": "教改项目", "own_role": "主持"}]},
    }


def supplement(teacher: User, project: dict[str, Any]) -> dict[str, Any]:
    """A paper of a supplement, with the proof of a literature database."""
    proof = done(job.upload(teacher, job.pdf(), job.attachment(project, "proof_files"), name="收录证明.pdf"))
    return {
        "title": "论极限",
        "kind": "supplement",
        "publication": "数学学报",
        "issue_number": "2024（增刊1）",
        "own_rank": 1,
        "participants": 2,
        "published_date": "2024-05-01",
        "proof_address": "https://example.cn/article/1",
        "proof_files": [{"receipt": proof["receipt"]}],
    }


@pytest.mark.req("S4f-06", "S4k-02", "S4k-03")
def test_a_teacher_submits_and_the_head_and_an_office_decide_about_their_part_by_hand(
    desk: Desk, stack: Stack, campus: Campus
) -> None:
    teacher = desk()
    sign_in(teacher, stack, campus.teacher.username, PASSWORD, to="**/person**")
    _looks_at_every_step(teacher, campus)
    _gives_a_number_with_decimals(teacher, campus)
    teacher.goto(f"/declarations/{campus.application}?step=confirmation")
    teacher.get_by_role("button", name="提交").last.click()
    expect(teacher.locator("main")).to_contain_text("提交回执")
    _head_recommends(desk(campus.head.user), campus)
    _reads_the_flag(desk(campus.offices["人事处"].user), campus)
    _others_pass(campus)
    _office_returns(desk(campus.offices["教务处"].user), campus)
    until(lambda: _says(teacher, f"/declarations/{campus.application}", REASON), what="the teacher reads the reason")
    looked_at(teacher, "campus-returned", languages=("en", "zh"))


def _looks_at_every_step(page: Page, campus: Campus) -> None:
    page.goto(f"/declarations/{campus.application}")
    steps = page.get_by_role("navigation", name="填写步骤").get_by_role("link")
    addresses = [str(link.get_attribute("href")) for link in steps.all()]
    assert len(addresses) >= 9
    for address in addresses:
        page.goto(address)
        looked_at(page, f"campus-step-{address.split('=')[-1]}")


def _gives_a_number_with_decimals(page: Page, campus: Campus) -> None:
    page.goto(f"/declarations/{campus.application}?step=basic")
    page.locator("#basic-student_satisfaction").fill("97.555")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#basic-student_satisfaction-error")).to_contain_text("请填写数字，最多两位小数")
    looked_at(page, "campus-number")
    page.locator("#basic-student_satisfaction").fill("97.5")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".note-success")).to_be_visible()
    page.goto(f"/declarations/{campus.application}?step=basic")
    expect(page.locator("#basic-student_satisfaction")).to_have_value("97.5")


def _head_recommends(page: Page, campus: Campus) -> None:
    path = f"/unit/examinations/{PROGRAMME}"
    until(lambda: _says(page, path, "张三"), what="it waits at the head")
    page.locator("main tbody").get_by_role("link", name="张三").first.click()
    looked_at(page, "campus-head")
    page.locator("#decision").get_by_role("button", name="通过", exact=True).click()
    page.locator("dialog[open] textarea").fill("同意推荐，教学效果好")
    page.locator("dialog[open]").get_by_role("button", name="提交").click()
    expect(page.get_by_text(re.compile("审查意见已提交"))).to_be_visible()


def _others_pass(campus: Campus) -> None:
    """Of the checks side by side all but one; the personnel office has two, and at forty-one 学工部 has none."""
    for name in ("人事处", "人事处", "组织部"):
        officer = campus.offices[name].user
        until(partial(_waits, officer, campus), what=f"it waits at {name}")
        done(job.decide(officer, campus.application, "pass", after=campus.teacher))


def _reads_the_flag(page: Page, campus: Campus) -> None:
    """Who checks papers reads beside the supplement that it does not count by itself."""
    path = f"/office/cases/{campus.application}"
    until(lambda: _says(page, path, "论极限"), what="it waits at the personnel office")
    conditions = page.locator("section", has=page.get_by_role("heading", name="申报条件")).locator("li")
    flagged = conditions.filter(has_text="论文集、增刊不单独计入")
    expect(flagged).to_contain_text("需要进一步证明")
    looked_at(page, "campus-flag", languages=("en", "zh"))


def _waits(officer: User, campus: Campus) -> bool:
    case = officer.call("GET", "review", f"/v1/cases/{campus.application}")
    return case.status_code == 200 and case.json()["current"] is not None


def _office_returns(page: Page, campus: Campus) -> None:
    """It reads what it checks, and nothing else."""
    path = f"/office/cases/{campus.application}"
    until(lambda: _says(page, path, "高等数学"), what="it waits at the office")
    expect(page.locator("main")).not_to_contain_text("13800000000")
    expect(page.locator("main")).not_to_contain_text("教改项目")
    heads = page.locator("main .sheet-title").all_inner_texts()
    assert ("教学情况" in heads, "人员基本情况" in heads, "年度考核" in heads) == (True, False, False)
    looked_at(page, "campus-office", languages=("en", "zh"))
    page.get_by_label("审核意见").fill(REASON)
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator(".note-success, .note-danger").first).to_be_visible()


def _says(page: Page, path: str, text: str) -> bool:
    page.goto(path)
    return text in page.locator("main").inner_text()
