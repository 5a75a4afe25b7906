"""A campus evaluation: what teachers fill in, what is demanded of it, and the part that each office reads."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.contracts.units import BindingActivatedV1, OrganisationCreatedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor

FOLDER = Path(__file__).parents[4] / "programmes" / "campus_title_evaluation"
OFFICES = ("人事处", "学工部", "组织部", "教务处")
TYPE = "basic.intended_evaluation_type"


def born(years: int) -> str:
    day = office_day(now())
    return date(day.year - years, day.month, min(day.day, 28)).isoformat()


def codes(answer: TestResponse) -> list[tuple[str, str]]:
    return [(e["code"], e["path"]) for e in (answer.json or {})["errors"]]


class Campus:
    """D1 is the university, its offices are below it; A is a teacher of department X."""

    def __init__(self, house: Any) -> None:
        self.house, self.a, self.x = house, person_actor(), house.unit(name="数学学院")
        self.offices = {name: office_actor() for name in OFFICES}
        university = house.d1.organisation_id
        for name, office in self.offices.items():
            assert office.organisation_id
            event = OrganisationCreatedV1(
                organisation_id=office.organisation_id, code=name, name=name, level="department", parent_id=university
            )
            house.service.hear(event)
        body = {
            "programme": (FOLDER / "programme.yaml").read_text(encoding="utf-8"),
            "templates": {"declaration_form.typ": "x"},
        }
        self.version = house.service.client(house.admin).post("/v1/programmes", json=body).json["version"]
        self.project = house.project(house.d1, programme=FOLDER.name, variant="campus_senior", name="2026年副教授评审")
        committee = CommitteeFormedV1(
            committee_id=uuid7(),
            organisation_id=university,
            name="学校评委会",
            programmes=(),
            groups=(),
            active=True,
            revision=1,
        )
        house.service.hear(committee, revision=1)
        assert self.x.unit_id
        bound = BindingActivatedV1(
            binding_id=uuid7(), account_id=self.a.account_id, unit_id=self.x.unit_id, activated_at=now()
        )
        house.service.hear(bound)

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def begin(self, sections: Mapping[str, Any] | None = None) -> TestResponse:
        said = {"account_id": str(self.a.account_id), "name": "张三", "mobile": "13800000000"}
        slip = self.house.service.slip("identity", "shenbao-profile+jwt", said)
        body = {"project_id": self.project, "sections": sections or {}, "profile": slip}
        answer: TestResponse = self.client().post("/v1/applications", json=body)
        return answer

    def save(self, application: str, sections: Mapping[str, Any], *confirmed: str) -> TestResponse:
        path = f"/v1/applications/{application}/sections"
        etag = {"If-Match": self.house.get(self.a, application).headers["ETag"]}
        body = {"sections": dict(sections), "confirmed": list(confirmed)}
        answer: TestResponse = self.client().patch(path, json=body, headers=etag)
        return answer

    def file(self, key: str, kind: str = "attachment") -> dict[str, str]:
        purpose = f"{kind}:{FOLDER.name}:{self.version}:{key}"
        given: dict[str, str] = self.house.receipt(self.a, purpose=purpose, unit_id=None, name=f"{key}.jpg")
        return given

    def form(self, **basic: Any) -> dict[str, Any]:
        year = office_day(now()).year
        return {
            "basic": BASIC | {"birth_date": born(38), "photo": self.file("photo", "material")} | basic,
            "yearly_assessments": {"records": [{"year": year - n, "result": "competent"} for n in (1, 2, 3)]},
            "teaching": {"records": [{"school_year": "2024-2025", "course": "高等数学", "lessons": 96}]},
            "performance": {"records": [{"start_date": "2021-01-01", "description": "教改项目", "own_role": "主持"}]},
        }

    def filled(self, **basic: Any) -> str:
        made = self.begin(self.form(**basic))
        assert made.status_code == 201, made.text
        return str(made.json["id"])

    def results(self, application: str, actor: Actor | None = None) -> dict[str, dict[str, Any]]:
        found = self.client(actor).get(f"/v1/applications/{application}/check").json
        return {clause["key"]: clause for clause in found["clauses"]}

    def report(self, application: str) -> TestResponse:
        answer: TestResponse = self.client().post(f"/v1/applications/{application}/report", json={})
        return answer


BASIC: dict[str, Any] = {
    "intended_evaluation_type": "teaching_research",
    "person_name": "张三",
    "sex": "male",
    "id_number": "330000198506150026",
    "mobile": "13800000000",
    "highest_degree": "doctor",
    "present_post": "讲师",
    "present_post_start": "2019-09-01",
    "declared_title": "associate_professor",
    "exceptional": "no",
}


@pytest.fixture
def campus(house: Any) -> Campus:
    return Campus(house)


@pytest.mark.req("S4f-01")
def test_public_lessons_are_those_since_the_present_post_and_contests_have_their_own_section(campus: Campus) -> None:
    application = campus.filled()
    lesson = {"lesson_date": "2020-03-01", "kind": "public_lesson", "topic": "极限", "lesson_level": "city"}
    lesson["files"] = [campus.file("files")]  # type: ignore[assignment]
    place = "sections.public_lessons.records.0"
    early = campus.save(application, {"public_lessons": {"records": [lesson | {"lesson_date": "2019-08-31"}]}})
    assert codes(early) == [("before_present_post", f"{place}.lesson_date")]
    contest = campus.save(application, {"public_lessons": {"records": [lesson | {"kind": "appraisal_lesson"}]}})
    assert codes(contest) == [("belongs_to_contests", f"{place}.kind")]
    assert "教学竞赛" in contest.json["errors"][0]["params"]["zh"]
    bare = campus.save(application, {"public_lessons": {"records": [lesson | {"files": []}]}})
    assert codes(bare) == [("required", f"{place}.files")]
    assert "records" not in campus.house.get(campus.a, application).json["sections"].get("public_lessons", {})
    kept = campus.save(application, {"public_lessons": {"records": [lesson]}}).json["sections"]["public_lessons"]
    assert [file["name"] for file in kept["records"][0]["files"]] == ["files.jpg"]


@pytest.mark.req("S4f-02")
def test_the_intended_type_is_demanded_and_changed_only_with_a_confirmation(campus: Campus) -> None:
    form = campus.form()
    untyped = {key: value for key, value in form["basic"].items() if key != "intended_evaluation_type"}
    assert codes(campus.begin({"basic": untyped})) == [("required", f"sections.{TYPE}")]
    application = campus.filled()
    other = {"basic": {"intended_evaluation_type": "research"}}
    asked = campus.save(application, other)
    assert (asked.status_code, asked.json["code"], codes(asked)) == (
        409,
        "confirmation_needed",
        [("confirmation_needed", f"sections.{TYPE}")],
    )
    assert "后果严重" in asked.json["errors"][0]["params"]["zh"]
    confirmed = campus.save(application, other, TYPE)
    assert confirmed.json["sections"]["basic"]["intended_evaluation_type"] == "research"


@pytest.mark.req("S4f-03")
def test_an_exceptional_promotion_needs_four_years_of_assessments(campus: Campus) -> None:
    application = campus.filled(exceptional="yes")
    year = office_day(now()).year
    unmet = campus.results(application)["assessed_fourth_year"]
    assert (unmet["result"], [fact["value"] for fact in unmet["found"]]) == ("not_met", [year - 4])
    assert "assessed_fourth_year" in [e["code"] for e in campus.report(application).json["errors"]]
    four = [{"year": year - n, "result": "competent"} for n in (1, 2, 3, 4)]
    campus.save(application, {"yearly_assessments": {"records": four}})
    assert campus.results(application)["assessed_fourth_year"]["result"] == "met"


@pytest.mark.req("S4f-04")
def test_student_satisfaction_is_a_number_without_percent_sign(campus: Campus) -> None:
    application = campus.filled()
    saved = campus.save(application, {"basic": {"student_satisfaction": "98"}})
    assert saved.json["sections"]["basic"]["student_satisfaction"] == 98
    for wrong, code in (("98%", "wrong_number"), ("97.555", "wrong_number"), ("101", "out_of_range")):
        refused = campus.save(application, {"basic": {"student_satisfaction": wrong}})
        assert (refused.status_code, codes(refused)) == (422, [(code, "sections.basic.student_satisfaction")])


@pytest.mark.req("S4f-05")
def test_the_theory_score_is_judged_by_the_pass_mark_of_its_year(campus: Campus) -> None:
    application = campus.filled(theory_year=2010, theory_score=65)
    assert campus.results(application)["theory_2010"]["result"] == "met"
    campus.save(application, {"basic": {"theory_year": 2011}})
    unmet = campus.results(application)["theory_2011"]
    assert (unmet["result"], unmet["limits"]) == ("not_met", {"pass_mark": 70})
    for score, result in (("69.5", "not_met"), ("70", "met"), ("70.5", "met")):
        campus.save(application, {"basic": {"theory_score": score}})
        assert campus.results(application)["theory_2011"]["result"] == result


@pytest.mark.req("S4f-06")
def test_a_supplement_is_kept_with_its_proof_and_marked_for_reviewers(campus: Campus) -> None:
    application = campus.filled()
    assert "not_by_itself" not in campus.results(application)
    paper = {"title": "论极限", "kind": "supplement", "publication": "数学学报", "published_date": "2024-05-01"}
    paper |= {"issue_number": "CN11-2038", "own_rank": 1, "participants": 2}
    proof = {"proof_address": "https://example.cn/article/1", "proof_files": [campus.file("proof_files")]}
    bare = campus.save(application, {"papers": {"records": [paper]}})
    places = ["proof_address", "proof_files"]
    assert codes(bare) == [("required", f"sections.papers.records.0.{place}") for place in places]
    assert campus.save(application, {"papers": {"records": [paper | proof]}}).status_code == 200
    assert campus.results(application)["not_by_itself"]["result"] == "needs_proof"
    sent = campus.report(application).json
    office = campus.offices["人事处"]
    campus.house.opened(sent, office, "papers_check", "人事处")
    flag = campus.results(application, office)["not_by_itself"]
    assert (flag["result"], flag["zh"]) == ("needs_proof", "论文集、增刊不单独计入")
    shown = campus.house.get(office, application).json["sections"]["papers"]["records"]
    assert [(row["title"], row["kind"]) for row in shown] == [("论极限", "supplement")]


@pytest.mark.parametrize(("age", "skips"), [(38, ()), (39, ()), (40, ("student_work_check",))])
def test_the_check_of_student_work_concerns_teachers_under_forty(
    campus: Campus, age: int, skips: tuple[str, ...]
) -> None:
    application = campus.filled(birth_date=born(age))
    way = [s["step_key"] for s in campus.client().get(f"/v1/applications/{application}/route").json["steps"]]
    assert ("student_work_check" in way) is not bool(skips)
    assert campus.report(application).status_code == 200
    (told,) = campus.house.service.told(ApplicationSubmittedV1)
    assert told.skips == skips


def test_an_office_reads_only_the_part_that_it_checks(campus: Campus) -> None:
    application = campus.filled()
    campus.save(application, {"training": {"records": []}})
    sent = campus.report(application).json
    academic, personnel = campus.offices["教务处"], campus.offices["人事处"]
    campus.house.opened(sent, academic, "teaching_check", "教务处")
    campus.house.opened(sent, personnel, "papers_check", "人事处")
    seen = campus.house.get(academic, application).json
    assert set(seen["sections"]) == {"teaching", "public_lessons", "teaching_contests"}
    assert seen["sections"]["teaching"]["records"][0]["course"] == "高等数学"
    assert seen["forms"] == []
    path = f"/v1/applications/{application}"
    for hidden in ("receipt", "sheets/declaration_form", "check"):
        assert campus.client(academic).get(f"{path}/{hidden}").status_code == 404
        assert campus.client(personnel).get(f"{path}/{hidden}").status_code == 200
    assert "papers" in campus.house.get(personnel, application).json["sections"]
    assert campus.house.get(campus.offices["学工部"], application).status_code == 404
