"""Senior and intermediate titles evaluated by a committee: the programme as its applicants and units meet it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor, sub_account_actor

FOLDER = Path(__file__).parents[4] / "programmes" / "title_committee_evaluation"
AGREED = ["truthfulness"]


def years_ago(years: int) -> str:
    day = office_day(now())
    return date(day.year - years, day.month, min(day.day, 28)).isoformat()


class Evaluating:
    """The house with the programme published; A is a person who declares."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.a = person_actor()
        texts = {p.name: p.read_text(encoding="utf-8") for p in (FOLDER / "templates").iterdir()}
        body = {
            "programme": (FOLDER / "programme.yaml").read_text(encoding="utf-8"),
            "samples": (FOLDER / "samples.yaml").read_text(encoding="utf-8"),
            "templates": texts,
        }
        published = house.service.client(house.admin).post("/v1/programmes", json=body)
        assert published.status_code == 201, published.json
        self.version = published.json["version"]
        self.projects = {variant: self.project(variant) for variant in ("intermediate_personal", "intermediate_unit")}

    def project(self, variant: str, **changes: Any) -> str:
        made: str = self.house.project(
            self.house.bureau, programme=FOLDER.name, variant=variant, **({"name": f"2026年{variant}"} | changes)
        )
        return made

    def committee(self) -> None:
        """C evaluates electronics for the bureau."""
        event = CommitteeFormedV1(
            committee_id=uuid7(),
            organisation_id=self.house.bureau.organisation_id,
            name="C",
            programmes=(FOLDER.name,),
            groups=("electronics",),
            active=True,
            revision=1,
        )
        self.house.service.hear(event, revision=1)

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.a)

    def begin(self, variant: str = "intermediate_personal", actor: Actor | None = None, **changes: Any) -> TestResponse:
        body = {"project_id": self.projects[variant], "accepted": AGREED} | changes
        answer: TestResponse = self.client(actor).post("/v1/applications", json=body)
        return answer

    def save(self, application: str, sections: Mapping[str, Any], actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.house.save(actor or self.a, application, sections, part=True)
        return answer

    def check(self, application: str, actor: Actor | None = None) -> Any:
        return self.client(actor).get(f"/v1/applications/{application}/check").json

    def clause(self, application: str, key: str) -> dict[str, Any]:
        (found,) = [c for c in self.check(application)["clauses"] if c["key"] == key]
        return dict(found)

    def report(self, application: str, actor: Actor | None = None) -> TestResponse:
        answer: TestResponse = self.client(actor).post(f"/v1/applications/{application}/report", json={})
        return answer

    def file(self, key: str, actor: Actor | None = None, *, kind: str = "material", name: str = "") -> dict[str, str]:
        purpose = f"{kind}:{FOLDER.name}:{self.version}:{key}"
        who = actor or self.a
        unit = str(who.unit_id) if who.unit_id else None
        given: dict[str, str] = self.house.receipt(who, purpose=purpose, unit_id=unit, name=name or f"{key}.jpg")
        return given

    def form(self, actor: Actor | None = None, **basic: Any) -> dict[str, Any]:
        """Everything that has to be filled in, but for the unit's opinion."""
        photos = {key: self.file(key, actor) for key in ("photo", "id_card_front", "id_card_back")}
        return {
            "registration": {"mobile": "13800000000"},
            "basic": BASIC | {"work_start_date": years_ago(5)} | photos | basic,
            "summary": {
                "engineering_works": [
                    {"name": "城市数据平台", "scale": "1200万元", "own_role": "主要完成人", "completed_on": "2025-06"}
                ],
                "achievements": "主持完成城市数据平台的建设。",
            },
            "study": {"records": [STUDY]},
            "work": {"records": [{"start_date": "2021-07-01", "unit": "示例科技有限公司", "post": "电子信息"}]},
            "performance": {"records": [{"start_date": "2023-01-01", "description": "平台建设", "own_role": "主持"}]},
        }

    def filled(self, variant: str = "intermediate_personal", actor: Actor | None = None, **basic: Any) -> str:
        made = self.begin(variant, actor, sections=self.form(actor, **basic))
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def with_opinion(self, application: str) -> TestResponse:
        return self.save(application, {"attachments": {"unit_opinion_files": [self.file("unit_opinion")]}})


BASIC: dict[str, Any] = {
    "person_name": "张三",
    "sex": "male",
    "id_type": "id_card",
    "id_number": "330000199001010014",
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江杭州",
    "political_status": "masses",
    "health": "healthy",
    "work_unit": "示例科技有限公司",
    "highest_degree": "bachelor",
    "series": "engineering",
    "declared_title": "engineer",
    "subject_group": "electronics",
    "current_specialty": "电子信息",
    "specialty_years": 5,
    "present_tier": "primary",
    "present_title": "助理工程师",
    "present_title_date": "2022-09-01",
    "exceptional": "no",
}
STUDY = {"ended_on": "2012-06", "completion": "graduated", "school": "浙江大学", "major": "电子", "degree": "bachelor"}
TRAINING = {"start_date": "2025-03-01", "end_date": "2025-03-05", "content": "数据安全", "organiser": "人才院", "hours": 24}


@pytest.fixture
def evaluating(house: Any) -> Evaluating:
    return Evaluating(house)


@pytest.mark.req("S4d-03")
def test_of_three_activities_only_the_two_open_ones_are_declared_in(evaluating: Evaluating) -> None:
    closed = evaluating.project("senior_personal", opens_on="2020-01-01", closes_on="2020-12-31", year=2020)
    listed = evaluating.client().get("/v1/projects").json["items"]
    assert {p["id"]: p["open"] for p in listed} == {**dict.fromkeys(evaluating.projects.values(), True), closed: False}
    refused = evaluating.client().post("/v1/applications", json={"project_id": closed, "accepted": AGREED})
    assert (refused.status_code, refused.json["code"]) == (409, "project_not_open")
    assert [evaluating.begin(variant).status_code for variant in evaluating.projects] == [201, 201]


@pytest.mark.req("S4h-03")
def test_who_disagrees_leaves_no_record_and_who_agrees_registers(evaluating: Evaluating) -> None:
    refused = evaluating.begin(accepted=[])
    assert (refused.status_code, refused.json["code"]) == (422, "commitment_missing")
    assert evaluating.client().get("/v1/applications").json["items"] == []
    agreed = evaluating.begin()
    assert agreed.status_code == 201
    assert agreed.json["commitments"] == [{"key": "truthfulness", "accepted_at": agreed.json["created_at"]}]
    shown = evaluating.house.get(evaluating.a, agreed.json["id"]).json
    assert shown["problems"][0]["path"] == "sections.registration.mobile"


@pytest.mark.req("S4h-04")
def test_the_registration_is_changed_until_the_report(evaluating: Evaluating) -> None:
    evaluating.committee()
    application = evaluating.filled()
    saved = evaluating.save(application, {"registration": {"mobile": "13900000000"}})
    assert (saved.status_code, saved.json["sections"]["registration"]["mobile"]) == (200, "13900000000")
    assert evaluating.with_opinion(application).json["status"] == "ready_to_report"
    assert evaluating.report(application).status_code == 200
    refused = evaluating.save(application, {"registration": {"mobile": "13700000000"}})
    assert (refused.status_code, refused.json["code"]) == (409, "status_forbids")


@pytest.mark.req("S4c-07")
def test_an_incomplete_form_is_saved_and_only_its_report_names_what_is_missing(evaluating: Evaluating) -> None:
    """Ten of the basic information are asked of everybody before anything else is; three of them are filled in."""
    form = evaluating.form()
    ten = ["person_name", "sex", "id_type", "id_number", "birth_date", "ethnicity", "birthplace", "work_unit"]
    ten += ["highest_degree", "series"]
    form["basic"] = {key: value for key, value in form["basic"].items() if key not in ten}
    application = evaluating.begin(sections=form).json["id"]
    evaluating.with_opinion(application)
    three = {key: BASIC[key] for key in ten[:3]}
    assert evaluating.save(application, {"basic": three}).status_code == 200
    again = evaluating.house.get(evaluating.a, application).json
    assert {key: again["sections"]["basic"][key] for key in ten[:3]} == three
    refused = evaluating.report(application)
    assert refused.status_code == 422
    assert {e["path"] for e in refused.json["errors"]} == {f"sections.basic.{key}" for key in ten[3:]}
    assert len(refused.json["errors"]) == 7


@pytest.mark.req("S4d-04")
def test_records_are_added_one_by_one_and_kept_only_complete(evaluating: Evaluating) -> None:
    application = evaluating.begin().json["id"]
    evaluating.save(application, {"training": {"records": [TRAINING]}})
    twice = evaluating.save(application, {"training": {"records": [TRAINING, TRAINING | {"content": "职业道德"}]}})
    assert [row["content"] for row in twice.json["sections"]["training"]["records"]] == ["数据安全", "职业道德"]
    short = {key: value for key, value in TRAINING.items() if key != "hours"}
    refused = evaluating.save(application, {"training": {"records": [TRAINING, short]}})
    assert refused.status_code == 422
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("required", "sections.training.records.1.hours")
    ]
    assert len(evaluating.house.get(evaluating.a, application).json["sections"]["training"]["records"]) == 2


@pytest.mark.req("S4d-07")
def test_the_own_declarations_of_all_years_are_listed_with_activity_and_status(evaluating: Evaluating) -> None:
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


@pytest.mark.req("S4h-05")
def test_no_report_without_the_photos_of_the_identity_card(evaluating: Evaluating) -> None:
    evaluating.committee()
    application = evaluating.filled(id_card_front=None)
    evaluating.with_opinion(application)
    refused = evaluating.report(application)
    assert (refused.status_code, [e["path"] for e in refused.json["errors"]]) == (
        422,
        ["sections.basic.id_card_front"],
    )
    evaluating.save(application, {"basic": {"id_card_front": evaluating.file("id_card_front")}})
    assert evaluating.check(application)["problems"] == []
    assert evaluating.report(application).status_code == 200


@pytest.mark.req("S4h-06")
def test_a_file_stands_in_its_group_alone_until_the_report(evaluating: Evaluating) -> None:
    evaluating.committee()
    application = evaluating.filled()
    evaluating.with_opinion(application)
    patent = evaluating.file("patent_files", kind="attachment", name="发明专利证书.pdf")
    saved = evaluating.save(application, {"attachments": {"patent_files": [patent]}}).json["sections"]["attachments"]
    held = {group: [file["name"] for file in files] for group, files in saved.items()}
    assert held == {"patent_files": ["发明专利证书.pdf"], "unit_opinion_files": ["unit_opinion.jpg"]}
    misplaced = evaluating.save(application, {"attachments": {"paper_files": [patent]}})
    assert [e["code"] for e in misplaced.json["errors"]] == ["receipt_of_other_purpose"]
    emptied = evaluating.save(application, {"attachments": {"patent_files": []}})
    assert list(emptied.json["sections"]["attachments"]) == ["unit_opinion_files"]
    assert evaluating.report(application).status_code == 200
    assert evaluating.save(application, {"attachments": {"patent_files": [patent]}}).status_code == 409


@pytest.mark.req("S4h-08")
def test_the_opinion_on_paper_is_demanded_only_where_the_unit_does_not_report_itself(evaluating: Evaluating) -> None:
    offline = evaluating.filled()
    refused = evaluating.report(offline)
    assert (refused.status_code, [e["path"] for e in refused.json["errors"]]) == (
        422,
        ["sections.attachments.unit_opinion_files"],
    )
    unit = evaluating.house.unit()
    online = evaluating.filled("intermediate_unit", unit)
    assert evaluating.check(online, unit)["problems"] == []
    evaluating.committee()
    assert evaluating.report(online, unit).status_code == 200


@pytest.mark.req("S4h-09")
def test_an_applicant_reports_only_where_the_project_permits_it(evaluating: Evaluating) -> None:
    evaluating.committee()
    own = evaluating.filled()
    evaluating.with_opinion(own)
    sent = evaluating.report(own)
    assert (sent.status_code, sent.json["status"]) == (200, "in_review")
    evaluating.house.opened(sent.json, evaluating.house.bureau, "first_examination", "市人社局")
    shown = evaluating.house.get(evaluating.a, own).json
    assert (shown["status"], shown["current"]["step_key"]) == ("in_review", "first_examination")
    assert evaluating.save(own, {"basic": {"birthplace": "浙江宁波"}}).status_code == 409
    of_unit = evaluating.filled("intermediate_unit")
    refused = evaluating.report(of_unit)
    assert (refused.status_code, refused.json["code"]) == (403, "may_not_report")
    assert evaluating.house.get(evaluating.a, of_unit).json["reportable"] is False


@pytest.mark.req("S4j-02")
def test_titles_have_their_tier_and_an_intermediate_project_offers_no_senior_one(evaluating: Evaluating) -> None:
    path = f"/v1/programmes/{FOLDER.name}/versions/{evaluating.version}"
    pack = evaluating.client().get(path).json["pack"]
    basic = next(s for s in pack["sections"] if s["key"] == "basic")
    titles = {o["zh"]: o for f in basic["fields"] if f["key"] == "declared_title" for o in f["options"]}
    senior = titles["高级工程师（副高级）"]
    assert (senior["tier"], senior["sub_level"]) == ("senior", "associate")
    application = evaluating.begin().json["id"]
    refused = evaluating.save(application, {"basic": {"declared_title": senior["key"]}})
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("unknown_choice", "sections.basic.declared_title")
    ]
    evaluating.projects["senior"] = evaluating.project("senior_personal")
    taken = evaluating.begin("senior", sections={"basic": {"declared_title": senior["key"]}})
    assert taken.status_code == 201


@pytest.mark.req("S4j-04")
def test_each_condition_is_met_or_not_met_by_how_much_or_to_be_judged(evaluating: Evaluating) -> None:
    application = evaluating.filled(work_start_date=years_ago(4))
    unmet = evaluating.clause(application, "intermediate_bachelor")
    assert (unmet["result"], unmet["limits"]) == ("not_met", {"years": 5})
    assert unmet["found"] == [{"key": "work_years", "zh": "工作年限", "en": "Years at work", "value": 4}]
    assert evaluating.clause(application, "performance_judged")["result"] == "needs_proof"
    evaluating.save(application, {"basic": {"work_start_date": years_ago(5)}})
    met = evaluating.clause(application, "intermediate_bachelor")
    assert (met["result"], met["found"]) == ("met", [])


@pytest.mark.req("S4a-05")
def test_an_entry_shows_the_summary_of_its_series_and_refuses_an_incomplete_line(evaluating: Evaluating) -> None:
    application = evaluating.begin(sections={"basic": {"series": "engineering"}}).json
    hidden = [place for place in application["hidden"] if place.startswith("summary.")]
    assert hidden == ["summary.clinical_work", "summary.teaching"]
    refused = evaluating.save(application["id"], {"summary": {"engineering_works": [{"name": "城市数据平台"}]}})
    missing = ["scale", "own_role", "completed_on"]
    assert [e["path"] for e in refused.json["errors"]] == [f"sections.summary.engineering_works.0.{k}" for k in missing]
    shown = evaluating.house.get(evaluating.a, application["id"]).json
    assert "engineering_works" not in shown["sections"].get("summary", {})


@pytest.mark.req("S4e-08")
def test_a_work_account_finds_the_project_of_its_committee_while_it_is_open(evaluating: Evaluating) -> None:
    evaluating.committee()
    unit = evaluating.house.unit()
    account = sub_account_actor(unit.unit_id)
    closed = evaluating.project("intermediate_unit", opens_on="2020-01-01", closes_on="2020-12-31", year=2020)
    query = {"programme": FOLDER.name, "variant": "intermediate_unit"}
    listed = evaluating.client(account).get("/v1/projects", query_string=query).json["items"]
    assert {p["id"]: p["open"] for p in listed} == {evaluating.projects["intermediate_unit"]: True, closed: False}
    application = evaluating.filled("intermediate_unit", account)
    route = evaluating.client(account).get(f"/v1/applications/{application}/route").json["steps"]
    assert [s["organisation_name"] for s in route if s["step_key"] == "committee_review"] == ["C"]
    body = {"project_id": closed, "accepted": AGREED}
    assert evaluating.client(account).post("/v1/applications", json=body).status_code == 409
    assert evaluating.begin("intermediate_personal", account).status_code == 403


