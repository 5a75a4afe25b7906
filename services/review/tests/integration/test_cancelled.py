"""A department is cancelled while cases wait there: they go up, and no case is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationResubmittedV1
from shenbao_common.contracts.review import CommitteeFormedV1, StepOpenedV1
from shenbao_common.contracts.units import OrganisationCancelledV1, SupervisingDepartmentChangedV1
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest, eventually


def test_open_and_waiting_cases_of_a_cancelled_department_go_to_the_office_above_it(
    town: Any, review: UnderTest
) -> None:
    waiting, decided = town.report(), town.report()
    department, bureau = town.office(town.d1), town.office(town.bureau)
    department.post("/v1/committees", json={"name": "局评委会"})
    assert town.decide(department, decided, "pass").status_code == 200
    review.hear(OrganisationCancelledV1(organisation_id=town.d1))

    assert town.listed(department) == []
    assert set(town.listed(bureau)) == {waiting.reference, decided.reference}
    opened = [e for e in review.told(StepOpenedV1) if e.application_id == waiting.application_id]
    assert [e.organisation_id for e in opened] == [town.d1, town.bureau]
    assert [c.active for c in review.told(CommitteeFormedV1)] == [True, False]
    log = bureau.get(f"/v1/cases/{waiting.application_id}/log").json["items"]
    assert (log[-1]["action"], log[-1]["organisation_name"]) == ("hand_up", "市教育局")
    # What the department decided stays its decision, and the bureau goes on with both of its steps.
    steps = town.case(bureau, decided)["steps"]
    assert [(s["organisation_name"], s["state"]) for s in steps if s["state"] == "passed"][-1] == ("市教育局", "passed")
    for report, decisions in ((waiting, 2), (decided, 1)):
        for _ in range(decisions):
            assert town.decide(bureau, report, "pass").status_code == 200
        assert town.case(bureau, report)["status"] == "passed"


def test_a_report_under_a_cancelled_department_waits_instead_of_going_to_nobody(town: Any, review: UnderTest) -> None:
    review.hear(OrganisationCancelledV1(organisation_id=town.d1))
    review.hear(OrganisationCancelledV1(organisation_id=town.d1))
    town.report()
    assert review.told(StepOpenedV1) == []


@pytest.mark.parametrize("reported", ["for the first time", "again"])
@pytest.mark.parametrize("first", ["the cancellation", "the report"])
def test_a_report_that_is_taken_in_while_its_department_is_cancelled_stays_with_nobody(
    town: Any, review: UnderTest, reported: str, first: str
) -> None:
    """Each looks before the other has committed; what was routed there is handed up, what comes later waits."""
    report: Any = town.report_untold()
    if reported == "again":
        review.hear(report)
        report = ApplicationResubmittedV1(**asdict(report) | {"round": 2, "revision": report.revision + 2})
    told = {"the report": report, "the cancellation": OrganisationCancelledV1(organisation_id=town.d1)}
    (second,) = told.keys() - {first}
    with ThreadPoolExecutor(1) as other, review.service.sessions.begin() as session:
        review.service.subscriptions.deliver(session, review.envelope(told[first]))
        session.flush()
        later = other.submit(review.hear, told[second])
        eventually(lambda: _waits(review))
    later.result(timeout=20)
    case = town.case(town.unit(), report)
    if first == "the report":
        assert case["current"]["organisation_name"] == "市人社局"
        assert town.listed(town.office(town.bureau)) == [report.reference]
    else:
        assert (case["status"], case["current"]) == ("in_review", None)
    assert town.listed(town.office(town.d1)) == []


def _waits(review: UnderTest) -> bool:
    """One transaction for another."""
    with review.service.engine.connect() as connection:
        here = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.scalar(sa.text(f"SELECT count(*) {here}")))


def test_two_departments_merge_while_cases_run_and_none_is_lost(town: Any, review: UnderTest) -> None:
    """The unit of the first moves to the second, which takes its material back; another unit moves up at the end."""
    moved, at_the_bureau, left = town.report(), town.report(), town.report(unit_id=town.other_unit_id)
    d1, d2, bureau = (town.office(body) for body in (town.d1, town.d2, town.bureau))
    assert town.decide(d1, at_the_bureau, "pass").status_code == 200
    change = {"from_id": str(town.d1), "to_id": str(town.d2)}
    review.hear(example_event(SupervisingDepartmentChangedV1, unit_id=str(town.unit_id), **change))
    recalled = [town.recall(report) for report in (moved, at_the_bureau)]
    review.hear(OrganisationCancelledV1(organisation_id=town.d1))
    for report, recall in zip((moved, at_the_bureau), recalled, strict=True):
        own = {"application_id": report.application_id, "reference": report.reference}
        town.report(**own, department_id=town.d2, round=2, revision=recall.revision + 1)

    assert town.listed(d1) == []
    assert set(town.listed(d2)) == {moved.reference, at_the_bureau.reference}
    assert town.listed(bureau) == [left.reference]
    for report in (moved, at_the_bureau):
        for office in (d2, bureau):
            assert town.decide(office, report, "pass").status_code == 200
    for _ in range(2):
        assert town.decide(bureau, left, "pass").status_code == 200
    assert {town.case(bureau, report)["status"] for report in (moved, at_the_bureau, left)} == {"passed"}
