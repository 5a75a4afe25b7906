"""Offices of the body that published a project, by their names: side by side, and only those whom a case concerns."""

from typing import Any

import pytest

from shenbao_common.contracts.applications import ProjectPublishedV1
from shenbao_common.testing.contracts import example_event

REPORT = {"key": "submission", "decider": "unit", "actions": ["report"]}
PAPERS, STUDENT_WORK = (
    {"key": key, "decider": f"office:{office}", "actions": ["pass", "return"], "opinion_required": ["return"]}
    for key, office in (("papers_check", "市教育局"), ("student_work_check", "市卫健委"))
)
LAST = {"key": "hr_review", "decider": "city_hr_bureau", "actions": ["pass"]}


@pytest.fixture
def campus(town: Any) -> Any:
    """The bureau published; the departments are directly below it."""
    ids = {"project_id": str(town.project_id), "publisher_id": str(town.bureau)}
    town.service.hear(example_event(ProjectPublishedV1, **ids))
    town.publish_route(REPORT, {"parallel": [PAPERS, STUDENT_WORK]}, LAST, submission={"re_entry_step": "papers_check"})
    return town


def test_offices_check_side_by_side_and_the_next_stage_opens_when_all_have_passed(campus: Any) -> None:
    report = campus.report(version=2)
    papers, student_work, bureau = (campus.office(body) for body in (campus.d1, campus.d2, campus.bureau))
    for office in (papers, student_work):
        assert campus.listed(office) == [report.reference]
    assert campus.decide(papers, report, "pass").status_code == 200
    assert campus.listed(bureau) == []
    assert campus.decide(student_work, report, "pass").status_code == 200
    assert campus.listed(bureau) == [report.reference]


def test_a_step_that_does_not_concern_the_applicant_is_not_laid_out(campus: Any) -> None:
    report = campus.report(version=2, skips=("student_work_check",))
    assert campus.listed(campus.office(campus.d2)) == []
    assert campus.decide(campus.office(campus.d1), report, "pass").status_code == 200
    assert campus.listed(campus.office(campus.bureau)) == [report.reference]


def test_after_a_return_only_the_check_that_returned_is_done_again(campus: Any) -> None:
    report = campus.report(version=2)
    papers, student_work = (campus.office(body) for body in (campus.d1, campus.d2))
    campus.decide(papers, report, "pass")
    assert campus.decide(student_work, report, "return", "材料不清晰").status_code == 200
    again = campus.report_again(report)
    assert campus.listed(papers) == []
    assert campus.listed(student_work) == [report.reference]
    assert campus.case(student_work, again)["current"]["step_key"] == "student_work_check"
