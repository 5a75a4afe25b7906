"""The steps of an evaluation, of which the examination may be absent (S4j-03)."""

from typing import Any

import pytest

BUREAU = {"decider": "city_hr_bureau", "actions": ["pass", "fail"]}
FIRST = {"key": "first_examination", **BUREAU}
EXAM = {"key": "exam", "zh": "考试", "en": "Examination", **BUREAU, "exam": {"pass_mark": 60}}
COMMITTEE = {"key": "committee_review", "decider": "committee", "actions": ["pass", "fail"], "committee": {}}
PUBLICITY = {"key": "publicity", **BUREAU, "publicity": {"working_days": 5}}
DETERMINATION = {"key": "final_determination", **BUREAU}
DECLARE = {"key": "submission", "decider": "unit", "actions": ["report"]}


def reported(town: Any, *exam: dict[str, Any]) -> Any:
    """First examination, examination or not, committee, publicity, determination: the order is the pack's."""
    town.publish_route(DECLARE, FIRST, *exam, COMMITTEE, PUBLICITY, DETERMINATION)
    town.office(town.bureau).post("/v1/committees", json={"name": "示例市评委会"})
    return town.report(version=2)


def steps(town: Any, report: Any) -> list[tuple[str, str]]:
    return [(step["step_key"], step["state"]) for step in town.case(town.unit(), report)["steps"]]


@pytest.mark.req("S4j-03")
def test_without_an_examination_the_committee_comes_after_the_first_examination(town: Any) -> None:
    report = reported(town)
    assert town.decide(town.office(town.bureau), report, "pass").status_code == 200
    assert steps(town, report) == [
        ("submission", "passed"),
        ("first_examination", "passed"),
        ("committee_review", "open"),
        ("publicity", "waiting"),
        ("final_determination", "waiting"),
    ]


@pytest.mark.req("S4j-03")
def test_with_an_examination_a_result_of_at_least_the_pass_mark_comes_first(town: Any) -> None:
    report, bureau = reported(town, EXAM), town.office(town.bureau)
    town.decide(bureau, report, "pass")
    current = town.case(bureau, report)["current"]
    assert (current["step_key"], current["pass_mark"]) == ("exam", 60)
    for score, code in ((None, "score_required"), (59, "below_pass_mark")):
        refused = town.decide(bureau, report, "pass", score=score)
        found = [(e["code"], e["path"]) for e in refused.json["errors"]]
        assert (refused.status_code, found) == (422, [(code, "score")])
    many = bureau.post("/v1/decisions", json={"ids": [str(report.application_id)], "action": "pass"}).json["results"]
    assert [(r["result"], r["errors"][0]["code"]) for r in many] == [("refused", "score_required")]
    assert town.decide(bureau, report, "pass", score=60).status_code == 200
    shown = town.case(town.unit(), report)
    assert [step["score"] for step in shown["steps"] if step["step_key"] == "exam"] == [60]
    assert shown["current"]["step_key"] == "committee_review"


def test_who_failed_the_examination_fails_with_the_score(town: Any) -> None:
    report, bureau = reported(town, EXAM), town.office(town.bureau)
    early = town.decide(bureau, report, "pass", score=70)
    assert [(e["code"], e["path"]) for e in early.json["errors"]] == [("no_exam", "score")]
    town.decide(bureau, report, "pass")
    assert town.decide(bureau, report, "fail", score=41.5).status_code == 200
    shown = town.case(town.unit(), report)
    assert (shown["status"], [s["score"] for s in shown["steps"] if s["step_key"] == "exam"]) == ("failed", [41.5])
