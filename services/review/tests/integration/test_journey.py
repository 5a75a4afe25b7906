"""A case from report to decision, through the public API."""

from datetime import datetime
from typing import Any

import pytest

from shenbao_common.contracts.review import StepOpenedV1, StepPassedV1, StepReturnedV1
from shenbao_common.testing.actors import sub_account_actor
from shenbao_common.testing.service import UnderTest


@pytest.mark.req("S4g-18")
def test_three_reported_materials_are_three_more_in_the_departments_queue(town: Any, review: UnderTest) -> None:
    town.report()
    d1 = town.office(town.d1)
    before = town.counts(d1)["open"]
    reports = [town.report() for _ in range(3)]
    assert town.counts(d1)["open"] == before + 3
    assert {town.case(town.unit(), r)["status"] for r in reports} == {"in_review"}
    opened = [e for e in review.told(StepOpenedV1) if e.application_id in {r.application_id for r in reports}]
    assert {(e.step_key, e.organisation_id, e.organisation_name) for e in opened} == {
        ("supervising_department_review", town.d1, "市教育局")
    }


@pytest.mark.req("S4g-21")
def test_a_return_shows_department_time_and_reason(town: Any, in_may_2014: datetime) -> None:
    report = town.report()
    assert town.decide(town.office(town.d1), report, "return", "学历证书不清晰").status_code == 200
    last = town.unit().get(f"/v1/cases/{report.application_id}/log").json["items"][-1]
    assert (last["organisation_name"], last["opinion"], last["action"]) == ("市教育局", "学历证书不清晰", "return")
    assert datetime.fromisoformat(last["at"]) == in_may_2014
    assert last["at"].startswith("2014-05-06")


@pytest.mark.req("S4g-22")
def test_a_corrected_material_reported_again_is_in_review_again(town: Any, review: UnderTest) -> None:
    report = town.report()
    d1 = town.office(town.d1)
    town.decide(d1, report, "return", "学历证书不清晰")
    assert town.case(town.unit(), report)["status"] == "returned"
    town.report_again(report)
    case = town.case(d1, report)
    assert (case["status"], case["round"], case["current"]["step_key"]) == (
        "in_review",
        2,
        "supervising_department_review",
    )
    assert [e.round for e in review.told(StepOpenedV1)] == [1, 2]
    assert town.listed(d1) == [report.reference]


@pytest.mark.req("S4g-23")
def test_tracking_shows_the_bureau_and_in_review_and_nothing_to_do(town: Any) -> None:
    report = town.report("intermediate")
    town.decide(town.office(town.d1), report, "pass")
    case = town.case(town.unit(), report)
    assert case["current"]["organisation_name"] == "市人社局"
    assert (case["status"], case["label"]["zh"]) == ("in_review", "审核中")
    assert case["current"]["actions"] == []


def test_a_primary_title_ends_at_the_department(town: Any, review: UnderTest) -> None:
    report = town.report("primary")
    case = town.decide(town.office(town.d1), report, "pass").json
    assert (case["status"], case["current"]) == ("passed", None)
    (passed,) = review.told(StepPassedV1)
    assert (passed.final, passed.organisation_id) == (True, town.d1)


def test_an_intermediate_title_goes_on_to_the_bureau_and_ends_there(town: Any, review: UnderTest) -> None:
    report = town.report("intermediate")
    town.decide(town.office(town.d1), report, "pass")
    bureau = town.office(town.bureau)
    assert town.listed(bureau) == [report.reference]
    town.decide(bureau, report, "pass")
    assert [(e.step_key, e.final) for e in review.told(StepPassedV1)] == [
        ("supervising_department_review", False),
        ("hr_review", True),
    ]
    assert town.listed(bureau, "passed") == [report.reference] == town.listed(town.office(town.d1), "passed")


def test_progress_names_every_step_its_decider_and_its_times(town: Any, in_may_2014: datetime) -> None:
    report = town.report("intermediate")
    town.decide(town.office(town.d1), report, "pass")
    steps = town.case(town.unit(), report)["steps"]
    assert [(s["step_key"], s["organisation_name"], s["state"]) for s in steps] == [
        ("unit_report", "示例科技有限公司", "passed"),
        ("supervising_department_review", "市教育局", "passed"),
        ("hr_review", "市人社局", "open"),
    ]
    assert steps[1]["name"] == {"zh": "归口部门审核", "en": "Review by the supervising department"}
    assert datetime.fromisoformat(steps[1]["decided_at"]) == in_may_2014
    assert datetime.fromisoformat(steps[2]["opened_at"]) == in_may_2014
    assert datetime.fromisoformat(steps[0]["decided_at"]) == report.submitted_at


def test_after_a_return_by_the_bureau_the_department_decides_again(town: Any) -> None:
    report = town.report("intermediate")
    d1, bureau = town.office(town.d1), town.office(town.bureau)
    town.decide(d1, report, "pass")
    town.decide(bureau, report, "return", "缺少证明")
    assert town.listed(bureau, "returned") == [report.reference]
    town.report_again(report)
    assert town.listed(d1) == [report.reference]
    assert town.listed(bureau) == []
    town.decide(d1, report, "pass")
    assert town.decide(bureau, report, "pass").json["status"] == "passed"


def test_the_log_tells_the_whole_story_in_order(town: Any, review: UnderTest) -> None:
    report = town.report("primary")
    d1 = town.office(town.d1)
    town.decide(d1, report, "return", "学历证书不清晰")
    town.report_again(report)
    town.decide(d1, report, "pass", "同意")
    log = town.unit().get(f"/v1/cases/{report.application_id}/log").json
    assert [(e["action"], e["organisation_name"], e["opinion"], e["round"]) for e in log["items"]] == [
        ("report", "示例科技有限公司", None, 1),
        ("return", "市教育局", "学历证书不清晰", 1),
        ("report", "示例科技有限公司", None, 2),
        ("pass", "市教育局", "同意", 2),
    ]
    assert log["next"] is None
    assert len(review.told(StepReturnedV1)) == 1


def test_the_sub_account_that_filled_a_material_follows_it(town: Any, review: UnderTest) -> None:
    report = town.report()
    filler = review.client(sub_account_actor(town.unit_id, account_id=report.filler_id))
    assert town.case(filler, report)["status"] == "in_review"
    assert town.listed(filler, "all") == [report.reference]
