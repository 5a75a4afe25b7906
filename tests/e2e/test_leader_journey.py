"""Academic leaders over HTTP: a person of a unit, from the personal centre to the bureau's pass."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.persons import bind, new_person
from shenbao_stack.world import done, settled

PROGRAMME = "academic_leader_selection"
ROOT = Path(__file__).parents[2]
MARK = "不清晰"


@pytest.fixture(scope="module")
def plan(town: Town) -> dict[str, Any]:
    """The programme with its committee, and a plan of this year."""
    done(town.world.publish_programme(ROOT / "programmes" / PROGRAMME))
    settled(town.world.admin(), "documents", "review")
    town.committee(PROGRAMME, "学术带头人评审委员会")
    plan = town.project(
        town.bureau, "selection", programme=PROGRAMME, name=f"{office_day(now()).year}年学术和技术带头人选拔"
    )
    settled(town.world.admin(), "applications", "review")
    return plan


def photo() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (300, 420), (60, 90, 160)).save(target, "JPEG")
    return target.getvalue()


def form(person: User, plan: dict[str, Any]) -> dict[str, Any]:
    """Everything that the personal centre does not tell."""
    paper = job.pdf()
    face = done(job.upload(person, photo(), job.material(plan, "photo"), name="照片.jpg"))
    keys = ("id_front", "id_back", "graduation_certificate", "signed_commitment")
    papers = {key: done(job.upload(person, paper, job.material(plan, key), name=f"{key}.pdf")) for key in keys}
    return {
        "basic": {
            "declaration_category": "reserve_candidate",
            "evaluation_group": "engineering",
            "selected_batch": "none",
            "title_or_skill_level": "高级工程师",
            "telephone": "0551-12345678",
            "work_unit": "示例科技有限公司",
            "photo": {"receipt": face["receipt"]},
            **{key: {"receipt": taken["receipt"]} for key, taken in papers.items()},
        },
        "work_experience": {
            "records": [{"start_date": "2010-07-01", "end_date": "2015-07-01", "unit_name": "无", "post": "工程师"}]
        },
        "outstanding_contribution": {"text": "主持完成省级重点项目一项。"},
    }


def address(person: User, application: str) -> tuple[str, str]:
    """In the profile, and in the form."""
    told = done(person.call("GET", "identity", "/v1/me/profile"))["address"]
    return told, job.shown(person, application)["sections"]["basic"]["contact_address"]


@pytest.mark.req("S3-17")
def test_the_form_begins_with_the_profile_and_neither_follows_the_other(town: Town, plan: dict[str, Any]) -> None:
    person = new_person(town.world)
    application = begun(person, plan)
    assert address(person, application) == ("合肥市X路", "合肥市X路")
    done(job.save(person, application, {"basic": {"contact_address": "合肥市Y路"}}, method="PATCH"))
    assert address(person, application) == ("合肥市X路", "合肥市Y路")
    done(person.change("identity", "/v1/me/profile", {"address": "合肥市Z路"}))
    assert address(person, application) == ("合肥市Z路", "合肥市Y路")


def begun(person: User, plan: dict[str, Any]) -> str:
    """A declaration by who has told where they live."""
    done(person.change("identity", "/v1/me/profile", {"address": "合肥市X路"}))
    profile = done(person.call("POST", "identity", "/v1/me/profile-slips"))["slip"]
    body = {"project_id": plan["id"], "accepted": ["integrity_commitment"], "profile": profile}
    return str(done(person.call("POST", "applications", "/v1/applications", body))["id"])


@pytest.mark.req("S3-23")
def test_a_person_of_a_unit_declares_corrects_what_is_marked_and_unit_department_and_bureau_pass(
    town: Town, plan: dict[str, Any]
) -> None:
    person = new_person(town.world)
    unit = town.unit(town.department("省科技厅"))
    bind(person, unit)
    application = begun(person, plan)
    done(job.save(person, application, form(person, plan), method="PATCH"))
    submit(person, application)

    items = {"id_back": MARK}
    done(job.decide(unit.user, application, "return", after=person, items=items))
    person.follow(unit.user)
    returned = job.shown(person, application)
    assert (returned["status"], returned["open_items"]) == ("returned", ["id_back"])
    log = done(person.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
    (line,) = [line for line in log if line["action"] == "return"]
    assert [(one["item"], one["reason"]) for one in line["items"]] == [("id_back", MARK)]

    clear = done(job.upload(person, job.pdf(700), job.material(plan, "id_back"), name="身份证反面.pdf"))
    right = {"basic": {"id_back": {"receipt": clear["receipt"]}}}
    done(job.save(person, application, right, method="PATCH"))
    done(person.call("POST", "applications", f"/v1/applications/{application}/report", {}))
    before = person
    for decider in (unit.user, unit.department.user, town.bureau.user):
        done(job.decide(decider, application, "pass", after=before))
        before = decider


def submit(person: User, application: str) -> None:
    check = done(person.call("POST", "applications", f"/v1/applications/{application}/check"))
    assert check["complete"], check["problems"]
    done(person.call("POST", "applications", f"/v1/applications/{application}/report", {}))
