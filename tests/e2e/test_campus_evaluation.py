"""A teacher declares on campus: the head's opinion, checks side by side, a return of one of them, the committee."""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import pypdf
import pytest
from PIL import Image

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.invented import citizen_number
from shenbao_stack.demo.town import Town
from shenbao_stack.persons import bind, new_person
from shenbao_stack.prying import asked, text_of
from shenbao_stack.services import SERVICES, root
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, World, done, settled

PROGRAMME = "campus_title_evaluation"
TRAINED = {"start_date": "2022-07-01", "end_date": "2022-08-31", "content": "教学能力研修", "organiser": "示例研修院"}
BOOK = {
    "title": "论极限",
    "kind": "monograph",
    "publication": "示例出版社",
    "issue_number": "ISBN 978-7-0000-0000-0",
    "published_date": "2023-05-01",
    "own_rank": 1,
    "participants": 1,
}
TELLING = {
    "applications /v1/applications/{application_id}",
    "applications /v1/applications/{application_id}/progress",
    "identity /v1/me/messages",
    "review /v1/cases/{application_id}",
    "review /v1/cases/{application_id}/log",
}
"""Routes that tell a person of the own case."""
CHECKS = {"papers_check", "basic_data_check", "ethics_check", "teaching_check"}


class Campus:
    """A university with its offices, two departments, a committee, and an open project."""

    def __init__(self, world: World, town: Town) -> None:
        self.world = world
        done(world.publish_programme(root() / "programmes" / PROGRAMME))
        settled(world.admin(), "documents", "review")
        self.university = town.department("示例大学")
        names = ("人事处", "学工部", "组织部", "教务处")
        self.offices = {name: world.new_office("department", self.university, name=name) for name in names}
        self.x, self.y = town.unit(self.university), town.unit(town.department())
        committee = {"name": "学校评委会", "programmes": [PROGRAMME]}
        done(self.university.user.call("POST", "review", "/v1/committees", committee))
        self.project = town.project(self.university, "campus_senior", programme=PROGRAMME, name="2026年副教授评审")

    def teacher(self, number: str, unit: Unit) -> User:
        """Registers, and is taken by the department as one of its own."""
        person = new_person(self.world, id_number=number)
        bind(person, unit)
        return person

    def begun(self, person: User, number: str, years: int) -> str:
        """A complete application of somebody of so many years."""
        person.follow(self.university.user)
        slip = done(person.call("POST", "identity", "/v1/me/profile-slips"))["slip"]
        taken = done(job.upload(person, photo(), job.material(self.project, "photo"), name="照片.jpg"))
        sections = form(number, years) | {}
        sections["basic"]["photo"] = {"receipt": taken["receipt"]}
        body = {"project_id": self.project["id"], "sections": sections, "profile": slip}
        made = done(person.call("POST", "applications", "/v1/applications", body))
        assert made["problems"] == []
        return str(made["id"])

    def reported(self, number: str, years: int, unit: Unit) -> tuple[User, str]:
        person = self.teacher(number, unit)
        application = self.begun(person, number, years)
        done(person.call("POST", "applications", f"/v1/applications/{application}/report", {}))
        return person, application


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (300, 420), (60, 90, 160)).save(picture, "JPEG")
    return picture.getvalue()


def form(number: str, years: int) -> dict[str, Any]:
    day = office_day(now())
    basic = {
        "intended_evaluation_type": "teaching_research",
        "person_name": "张三",
        "sex": "male",
        "id_number": number,
        "birth_date": date(day.year - years, day.month, min(day.day, 28)).isoformat(),
        "mobile": "13800000000",
        "highest_degree": "doctor",
        "present_post": "讲师",
        "present_post_start": "2019-09-01",
        "declared_title": "associate_professor",
        "exceptional": "no",
    }
    assessed = [{"year": day.year - n, "result": "competent"} for n in (1, 2, 3)]
    return {
        "basic": basic,
        "yearly_assessments": {"records": assessed},
        "training": {"records": [TRAINED]},
        "papers": {"records": [BOOK]},
        "teaching": {"records": [{"school_year": "2024-2025", "course": "高等数学", "lessons": 96}]},
        "performance": {"records": [{"start_date": "2021-01-01", "description": "教改项目", "own_role": "主持"}]},
    }


def opened(user: User, application: str) -> set[str]:
    return {s["step_key"] for s in job.shown(user, application)["steps"] if s["state"] == "open"}


def shows_what_was_filled_in(person: User, application: str) -> None:
    shown = job.shown(person, application)["sections"]
    assert {"basic", "training", "performance", "papers"} <= set(shown)
    assert (shown["training"]["records"], shown["papers"]["records"][0]["title"]) == ([TRAINED], "论极限")


def prints_what_was_filled_in(person: User, application: str) -> None:
    printed = job.print_form(person, application, "declaration_form")
    assert printed["watermark"] is False
    pages = pypdf.PdfReader(io.BytesIO(job.printed(person, printed["id"]))).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert [word for word in ("张三", "教学能力研修", "教改项目", "论极限") if word not in text] == []


def learns_nowhere_who_reviewed(person: User, application: str, offices: Iterable[Office]) -> None:
    """The accounts of the officers are in no answer that the person gets; they themselves read them."""
    officers = [office.user for office in offices]
    secrets = {done(o.call("GET", "identity", "/v1/me"))["account_id"] for o in officers} | {
        o.username for o in officers
    }
    settled(person, *SERVICES)
    answers = dict(asked(person, {"application_id": application, "kind": "declaration_form"}, otherwise=PROGRAMME))
    assert {route: a.status_code for route, a in answers.items() if a.status_code >= 500} == {}
    assert TELLING - {route for route, answer in answers.items() if answer.status_code == 200} == set()
    assert {route: s for route, answer in answers.items() for s in secrets if s in text_of(answer)} == {}
    assert all(o.username in text_of(o.call("GET", "identity", "/v1/me")) for o in officers)


@pytest.fixture(scope="module")
def campus(world: World, town: Town) -> Campus:
    return Campus(world, town)


@pytest.mark.req("B-04", "S4k-01", "S4k-02", "S4k-03", "S4k-04")
def test_checks_run_side_by_side_and_only_a_returned_one_is_done_again(campus: Campus) -> None:
    person, application = campus.reported(citizen_number(date(1985, 6, 15), 801), 38, campus.x)
    shows_what_was_filled_in(person, application)
    for head in (campus.x.user, campus.y.user):
        head.follow(person)
    assert campus.y.user.call("GET", "review", f"/v1/cases/{application}").status_code == 404
    done(job.decide(campus.x.user, application, "pass", "同意推荐，教学效果好", after=person))
    person.follow(campus.x.user)
    opinion = done(person.call("GET", "review", f"/v1/cases/{application}/log"))["items"][-1]
    assert (opinion["opinion"], opinion["action"], bool(opinion["at"])) == ("同意推荐，教学效果好", "pass", True)
    assert opened(person, application) == CHECKS | {"student_work_check"}

    academic = campus.offices["教务处"]
    academic.user.follow(campus.x.user)
    seen = job.shown(academic.user, application)["sections"]
    assert set(seen) <= {"teaching", "public_lessons", "teaching_contests"}
    assert seen["teaching"]["records"][0]["course"] == "高等数学"
    for name in ("人事处", "人事处", "组织部", "学工部"):
        done(job.decide(campus.offices[name].user, application, "pass", after=campus.x.user))
    person.follow(campus.offices["学工部"].user)
    assert opened(person, application) == {"teaching_check"}
    done(job.decide(academic.user, application, "return", "课时与教务系统不符", after=campus.x.user))

    person.follow(academic.user)
    until(lambda: job.shown(person, application)["status"] == "returned", what="returned")
    rows = [{"school_year": "2024-2025", "course": "高等数学", "lessons": 64}]
    done(job.save(person, application, {"teaching": {"records": rows}}, method="PATCH"))
    done(person.call("POST", "applications", f"/v1/applications/{application}/report", {}))
    academic.user.follow(person)
    until(lambda: opened(person, application) == {"teaching_check"}, what="only the returned check")
    done(job.decide(academic.user, application, "pass", after=person))
    person.follow(academic.user)
    until(lambda: opened(person, application) == {"committee_review"}, what="the committee")
    prints_what_was_filled_in(person, application)
    learns_nowhere_who_reviewed(person, application, campus.offices.values())


@pytest.mark.req("S4k-03")
def test_a_teacher_of_forty_five_has_no_check_of_student_work(campus: Campus) -> None:
    person, application = campus.reported(citizen_number(date(1990, 1, 1), 803), 45, campus.x)
    done(job.decide(campus.x.user, application, "pass", "同意", after=person))
    person.follow(campus.x.user)
    assert opened(person, application) == CHECKS
