"""A department is cancelled while cases wait there: they go up, and no case is lost."""

from typing import Any

from shenbao_common.contracts.review import CommitteeFormedV1, StepOpenedV1
from shenbao_common.contracts.units import OrganisationCancelledV1
from shenbao_common.testing.service import UnderTest


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
