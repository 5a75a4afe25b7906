"""A change of supervising department takes everything back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shenbao_common.contracts.review import StepPassedV1
from shenbao_common.contracts.units import SupervisingDepartmentChangedV1
from shenbao_common.testing.service import UnderTest
from shenbao_review.models import Unit


@pytest.mark.req("S4g-32")
def test_four_materials_at_three_steps_leave_every_queue(town: Any) -> None:
    d1, bureau = town.office(town.d1), town.office(town.bureau)
    at_department = [town.report(), town.report()]
    at_bureau, returned = town.report("intermediate"), town.report()
    town.decide(d1, at_bureau, "pass")
    town.decide(d1, returned, "return", "学历证书不清晰")
    assert (town.counts(d1)["open"], town.counts(bureau)["open"]) == (2, 1)

    for report in (*at_department, at_bureau, returned):
        town.recall(report)

    for client in (d1, bureau, town.unit()):
        counts = town.counts(client)
        assert counts.pop("bound") == 10_000
        assert set(counts.values()) == {0}
    for report in (*at_department, at_bureau, returned):
        case = town.case(town.unit(), report)
        assert (case["status"], case["current"]) == ("recalled", None)
        assert not {"open", "waiting"} & {step["state"] for step in case["steps"]}


def test_a_recalled_material_can_no_longer_be_decided(town: Any) -> None:
    report = town.report()
    d1 = town.office(town.d1)
    seen = town.case(d1, report)
    town.recall(report)
    decision = {"step_id": seen["current"]["step_id"], "action": "pass"}
    path = f"/v1/cases/{report.application_id}"
    for version in (seen["version"], town.case(town.unit(), report)["version"]):
        late = d1.post(f"{path}/decisions", json=decision, headers={"If-Match": f'"{version}"'})
        assert (late.status_code, late.json["code"]) == (404, "not_found")
    assert [d1.get(path).status_code, d1.get(f"{path}/log").status_code] == [404, 404]


def test_a_recall_and_a_decision_at_once_leave_a_recalled_material_with_nothing_open(
    town: Any, review: UnderTest
) -> None:
    """Whichever was first: the decision is in the log, or it is refused and is not."""
    reports = [town.report() for _ in range(12)]
    d1 = town.office(town.d1)
    seen = [town.case(d1, report)["version"] for report in reports]
    steps = [town.case(d1, report)["current"]["step_id"] for report in reports]

    def decide(n: int) -> Any:
        body, etag = {"step_id": steps[n], "action": "pass"}, {"If-Match": f'"{seen[n]}"'}
        return town.office(town.d1).post(f"/v1/cases/{reports[n].application_id}/decisions", json=body, headers=etag)

    with ThreadPoolExecutor(4) as together:
        decided = [together.submit(decide, n) for n in range(12)]
        for report in reversed(reports):
            town.recall(report)
        answers = [one.result() for one in decided]
    assert {a.status_code for a in answers} <= {200, 404, 409, 412}
    told = {event.application_id for event in review.told(StepPassedV1)}
    assert told == {r.application_id for r, a in zip(reports, answers, strict=True) if a.status_code == 200}
    for report in reports:
        case = town.case(town.unit(), report)
        assert (case["status"], case["current"]) == ("recalled", None)
        assert not {"open", "waiting"} & {step["state"] for step in case["steps"]}
    assert town.counts(d1)["open"] == 0


def test_reported_again_it_begins_anew_at_the_new_department(town: Any) -> None:
    report = town.report("intermediate")
    town.decide(town.office(town.d1), report, "pass")
    town.recall(report)
    town.report("intermediate", application_id=report.application_id, round=2, revision=30, department_id=town.d2)
    d2 = town.office(town.d2)
    assert len(town.listed(d2)) == 1
    assert town.listed(town.office(town.d1)) == []
    assert town.office(town.d1).get(f"/v1/cases/{report.application_id}").status_code == 404
    case = town.decide(d2, report, "pass").json
    assert case["current"]["organisation_name"] == "市人社局"
    actions = [e["action"] for e in d2.get(f"/v1/cases/{report.application_id}/log").json["items"]]
    assert actions == ["report", "pass", "recall", "report", "pass"]


def test_the_recall_may_come_before_the_report_that_it_takes_back(town: Any) -> None:
    report = town.report_untold()
    town.recall(report)
    town.service.hear(report)
    assert town.unit().get(f"/v1/cases/{report.application_id}").status_code == 404
    assert town.counts(town.office(town.d1))["open"] == 0


def test_a_report_after_the_recall_counts_even_if_the_recall_comes_late(town: Any) -> None:
    first = town.report()
    newer = town.report(application_id=first.application_id, round=2, revision=30, department_id=town.d2)
    town.recall(first, revision=20)
    assert town.case(town.office(town.d2), newer)["status"] == "in_review"


def test_the_same_recall_told_twice_is_one(town: Any) -> None:
    report = town.report()
    town.recall(report)
    version = town.case(town.unit(), report)["version"]
    town.recall(report)
    assert town.case(town.unit(), report)["version"] == version


def test_the_copy_of_the_unit_moves_and_nothing_else(town: Any, review: UnderTest) -> None:
    report = town.report()
    moved = SupervisingDepartmentChangedV1(unit_id=town.unit_id, from_id=town.d1, to_id=town.d2, revision=2)
    review.hear(moved)
    review.hear(SupervisingDepartmentChangedV1(unit_id=town.unit_id, from_id=town.d2, to_id=town.d1, revision=1))
    with review.sessions() as session:
        unit = session.get(Unit, town.unit_id)
        assert unit is not None
        assert unit.department_id == town.d2
    assert town.listed(town.office(town.d1)) == [report.reference]
