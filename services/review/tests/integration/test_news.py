"""Late, repeated and out-of-order news is normal."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationRecalledV1, ApplicationResubmittedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel import clock
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest, count_queries, eventually


def test_the_same_report_told_twice_opens_one_case(town: Any, review: UnderTest) -> None:
    report = town.report()
    review.hear(report)
    assert len(review.told(StepOpenedV1)) == 1
    assert town.counts(town.office(town.d1))["open"] == 1


def test_an_older_report_does_not_bring_back_an_older_round(town: Any, review: UnderTest) -> None:
    report = town.report()
    town.decide(town.office(town.d1), report, "return", "学历证书不清晰")
    town.report_again(report)
    review.hear(report)
    assert town.case(town.unit(), report)["round"] == 2


def test_a_repeated_report_of_which_the_first_was_never_heard_opens_a_case(town: Any) -> None:
    report = town.report_untold()
    town.report_again(report)
    assert town.listed(town.office(town.d1)) == [report.reference]


@pytest.mark.parametrize("last", ["programme", "bureau", "department", "unit"])
def test_a_case_waits_for_the_fact_that_its_route_needs(empty_town: Any, review: UnderTest, last: str) -> None:
    town = empty_town
    bureau, d1, _ = town.organisations()
    facts = {
        "bureau": lambda: review.hear(bureau),
        "department": lambda: review.hear(d1),
        "unit": lambda: review.hear(town.registration(town.unit_id, "示例科技有限公司")),
        "programme": town.publish,
    }
    for name, tell in facts.items():
        if name != last:
            tell()
    report = town.report("intermediate")
    waiting = town.case(town.unit(), report)
    assert (waiting["status"], waiting["current"], waiting["steps"]) == ("in_review", None, [])

    facts[last]()

    assert town.case(town.unit(), report)["current"]["organisation_name"] == "市教育局"
    assert town.listed(town.office(town.d1)) == [report.reference]


@pytest.mark.parametrize("reported", ["for the first time", "again"])
@pytest.mark.parametrize("first", ["the registration", "the report"])
def test_a_registration_that_comes_while_its_report_is_taken_in_lays_the_case_out(
    empty_town: Any, review: UnderTest, reported: str, first: str
) -> None:
    """Each looks before the other has committed; whichever ends first, the other finds it."""
    town, sessions, deliver = empty_town, review.service.sessions, review.service.subscriptions.deliver
    town.publish()
    for organisation in town.organisations():
        review.hear(organisation)
    report = town.report_untold("intermediate")
    if reported == "again":
        review.hear(report)
        report = ApplicationResubmittedV1(**asdict(report) | {"round": 2, "revision": report.revision + 2})
    told = {"the report": report, "the registration": town.registration(town.unit_id, "示例科技有限公司")}
    (second,) = told.keys() - {first}
    with ThreadPoolExecutor(1) as other, sessions.begin() as session:
        deliver(session, review.envelope(told[first]))
        session.flush()
        later = other.submit(review.hear, told[second])
        eventually(lambda: _waits(review))
    later.result(timeout=20)
    assert town.listed(town.office(town.d1)) == [report.reference]
    assert town.case(town.unit(), report)["round"] == report.round


def _waits(review: UnderTest) -> bool:
    """One transaction for another."""
    with review.service.engine.connect() as connection:
        here = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.scalar(sa.text(f"SELECT count(*) {here}")))


def test_a_report_that_comes_alone_takes_four_statements(town: Any, review: UnderTest) -> None:
    report = town.report_untold()
    with count_queries(review) as sent:
        review.hear(report)
    assert town.listed(town.office(town.d1)) == [report.reference]
    assert len(sent) == 4, sent


def test_a_report_and_its_recall_may_come_in_one_delivery(town: Any, review: UnderTest) -> None:
    """A worker that was away takes both in one transaction."""
    stays, goes = (town.report_untold(submitted_at=clock.now()) for _ in range(2))
    recall = example_event(ApplicationRecalledV1, application_id=str(goes.application_id), revision=goes.revision + 10)
    together = [review.envelope(event) for event in (goes, stays, recall)]
    with review.service.sessions.begin() as session:
        review.service.subscriptions.deliver_all(session, together, {together[-1].source: together[-1].position})
    assert town.case(town.unit(), goes)["status"] == "recalled"
    assert town.listed(town.office(town.d1)) == [stays.reference]
    trend = town.office(town.d1).get("/v1/cases/trend").json
    assert sum(day["came"] for day in trend["days"]) == 2


def test_a_recalled_case_waits_for_nothing(empty_town: Any, review: UnderTest) -> None:
    report = empty_town.report()
    empty_town.recall(report)
    empty_town.settle()
    assert empty_town.case(empty_town.unit(), report)["status"] == "recalled"
    assert review.told(StepOpenedV1) == []


def test_a_report_of_a_case_in_review_replaces_the_round_that_runs(town: Any) -> None:
    report = town.report()
    town.report_again(report)
    case = town.case(town.office(town.d1), report)
    open_steps = [s for s in case["steps"] if s["state"] == "open"]
    assert [s["round"] for s in open_steps] == [2]
    assert {s["state"] for s in case["steps"] if s["round"] == 1} == {"passed", "cancelled"}


def test_a_newer_version_of_the_programme_leaves_running_cases_alone(town: Any, review: UnderTest) -> None:
    report = town.report("intermediate")
    published = town.publish()
    review.hear(replace(published, version=2, pack=published.pack | {"route": published.pack["route"][:2]}))
    town.decide(town.office(town.d1), report, "pass")
    assert town.case(town.unit(), report)["current"]["step_key"] == "hr_review"
