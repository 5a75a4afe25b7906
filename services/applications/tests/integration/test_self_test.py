"""Anybody tests what they are eligible for, by the clauses of the version in force, and nothing is kept."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.kernel.clock import now, office_day
from shenbao_common.testing.actors import person_actor

PACK = (Path(__file__).parents[4] / "programmes" / "talent_settle_in" / "programme.yaml").read_text(encoding="utf-8")
PATH = "/v1/programmes/talent_settle_in/self-test"


@pytest.fixture
def visitor(house: Any) -> Any:
    """A client without a token; the programme is published."""
    body = {"programme": PACK, "templates": {}}
    assert house.service.client(house.admin).post("/v1/programmes", json=body).json["version"] == 1
    return house.service.client()


def clauses(visitor: Any, **answers: Any) -> dict[str, Any]:
    answer = visitor.post(PATH, json={"answers": {k.replace("__", "."): v for k, v in answers.items()}})
    assert answer.status_code == 200, answer.json
    return {clause["key"]: clause for clause in answer.json["clauses"]}


def rows(house: Any) -> dict[str, int]:
    with house.service.service.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {n: connection.scalar(sa.text(f'select count(*) from "{n}"')) for n in names}  # noqa: S608


@pytest.mark.req("B-01")
def test_a_visitor_is_told_clause_by_clause_and_the_check_of_a_draft_says_the_same(house: Any, visitor: Any) -> None:
    answers = {"facts__age": 41, "qualification__education_level": "bachelor", "qualification__has_degree": "yes"}
    before = rows(house)
    found = clauses(visitor, **answers)
    assert rows(house) == before
    bachelor = found["bachelor"]
    assert (bachelor["result"], bachelor["because"], bachelor["limits"]) == ("not_met", ["facts.age"], {"age": 40})
    assert bachelor["policy"]["zh"] == "具有国内普通高校全日制大学本科学历并有学士学位，年龄在40周岁及以下。"
    assert found["senior_title"]["result"] == "needs_proof"

    from_draft = _check_of_a_draft(house)
    assert from_draft["result"] == "not_met"
    assert {k: from_draft[k] for k in ("key", "policy", "limits")} == {
        k: bachelor[k] for k in ("key", "policy", "limits")
    }


def _check_of_a_draft(house: Any) -> dict[str, Any]:
    """The clause that the pre-submission check tells an applicant of age 41."""
    today, person = office_day(now()), person_actor()
    project = house.project(house.bureau, programme="talent_settle_in", variant="settle_in", name="入户")
    client = house.service.client(person)
    told = {"account_id": str(person.account_id), "name": "张三", "id_number": house.numbers[0]}
    profile = house.service.slip("identity", "shenbao-profile+jwt", told)
    body = {"project_id": project, "accepted": ["handling_notice"], "profile": profile}
    made = client.post("/v1/applications", json=body).json
    sections = {
        "qualification": {
            "condition": "bachelor",
            "education_level": "bachelor",
            "full_time": "yes",
            "has_degree": "yes",
        },
        "personal": {"birth_date": date(today.year - 41, today.month, min(today.day, 28)).isoformat()},
    }
    proof = {
        "overseas": "no",
        "degree_certificate_no": "1",
        "education_proof": house.receipt(
            person, unit_id=None, purpose="material:talent_settle_in:1:education_or_degree_certificate"
        ),
    }
    qualified = house.save(person, made["id"], {"qualification": sections["qualification"] | proof}, part=True)
    assert qualified.json["step"] == "personal"
    assert house.save(person, made["id"], {"personal": sections["personal"]}, part=True).status_code == 200
    (clause,) = client.get(f"/v1/applications/{made['id']}/check").json["clauses"]
    return dict(clause)


@pytest.mark.req("S2-20")
@pytest.mark.parametrize(
    ("key", "age", "months", "result", "because"),
    [
        ("professional_qualification", 40, 6, "met", []),
        ("professional_qualification", 41, 6, "not_met", ["facts.age"]),
        ("senior_technician", 39, 7, "met", []),
        ("senior_technician", 46, 7, "not_met", ["facts.age"]),
        ("technician", 41, 7, "not_met", ["facts.age"]),
        ("senior_worker", 35, 6, "met", []),
        ("senior_worker", 36, 6, "not_met", ["facts.age"]),
        ("senior_worker", 35, 5, "not_met", ["qualification.insured_months"]),
        ("scarce_trade", 40, 6, "met", []),
    ],
)
def test_the_skill_conditions_hold_by_age_and_insured_months(
    visitor: Any, key: str, age: int, months: int, result: str, because: list[str]
) -> None:
    found = clauses(
        visitor,
        facts__age=age,
        qualification__skill_level=key,
        qualification__in_catalogue="yes",
        qualification__insured_months=months,
    )
    assert (found[key]["result"], found[key]["because"]) == (result, because)


def test_what_the_self_test_asks_is_told_with_its_choices_before_anything_is_answered(visitor: Any) -> None:
    shown = visitor.get(PATH).json
    assert (shown["programme"], shown["version"], shown["zh"]) == ("talent_settle_in", 1, "引进在职人才入户")
    first, second = shown["questions"][:2]
    assert (first["place"], first["type"]) == ("facts.age", "integer")
    assert [o["key"] for o in second["options"]][-1] == "below"
    assert {clause["result"] for clause in shown["clauses"]} == {"needs_proof"}
    assert len(shown["clauses"]) == 9


def test_wrong_answers_are_all_named_and_never_a_crash(visitor: Any) -> None:
    answers = {
        "facts.age": "old",
        "qualification.education_level": "unknown",
        "qualification.insured_months": -1,
        "personal.mobile": "13800000000",
        "nowhere": 1,
        "": 2,
        "facts.height": 3,
    }
    refused = visitor.post(PATH, json={"answers": answers})
    assert refused.status_code == 422
    codes = {e["path"]: e["code"] for e in refused.json["errors"]}
    assert codes.pop("answers", "invalid")
    refused = visitor.post(PATH, json={"answers": {k: v for k, v in answers.items() if k}})
    assert {(e["path"], e["code"]) for e in refused.json["errors"]} == {
        ("answers.facts.age", "wrong_type"),
        ("answers.qualification.education_level", "unknown_choice"),
        ("answers.qualification.insured_months", "out_of_range"),
        ("answers.personal.mobile", "unknown_field"),
        ("answers.nowhere", "unknown_field"),
        ("answers.facts.height", "unknown_field"),
    }
    for value in (True, None, [], {}, "9" * 400, 10**30, "\x00", 1.5):
        for place in ("facts.age", "qualification.full_time", "qualification.insured_months"):
            assert visitor.post(PATH, json={"answers": {place: value}}).status_code in {200, 422}


def test_a_programme_without_self_test_or_withdrawn_has_none(house: Any, visitor: Any) -> None:
    assert visitor.get("/v1/programmes/title_initial_determination/self-test").status_code == 404
    assert visitor.get("/v1/programmes/Unknown%00/self-test").status_code == 404
    assert visitor.post("/v1/programmes/unknown/self-test", json={"answers": {}}).status_code == 404
    withdrawal = "/v1/programmes/talent_settle_in/versions/1/withdrawal"
    assert house.service.client(house.admin).post(withdrawal).status_code == 200
    assert visitor.get(PATH).status_code == 404


@pytest.mark.req("S2-20", "S2-21")
def test_the_age_is_counted_in_completed_years_on_the_day(house: Any) -> None:
    samples = """
samples:
  - {name: 40 still, variant: settle_in, today: 2025-05-09, sections: {qualification: {condition: bachelor,
     education_level: bachelor, full_time: "yes", has_degree: "yes"}, personal: {birth_date: 1984-05-10}},
     expect: {not_met: []}}
  - {name: 41 now, like: 40 still, variant: settle_in, today: 2025-05-10, expect: {not_met: [bachelor]}}
  - {name: senior technician of 39, variant: settle_in, today: 2030-01-01, sections: {qualification: {condition:
     senior_technician, skill_level: senior_technician, in_catalogue: "yes", insured_months: 7}, personal:
     {birth_date: 1990-06-01}}, expect: {not_met: []}}
  - {name: senior worker of 36, like: senior technician of 39, variant: settle_in, today: 2026-06-01, sections:
     {qualification: {condition: senior_worker, skill_level: senior_worker}}, expect: {not_met: [senior_worker]}}
"""
    body = {"programme": PACK, "samples": samples, "templates": {}}
    found = house.service.client(house.admin).post("/v1/programmes/check", json=body).json
    assert (found["problems"], [s["passed"] for s in found["samples"]]) == ([], [True] * 4)
