"""Who hears what: programme, year, branch, step and result, also where the event itself does not say them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shenbao_common.bus.intake import Intake
from shenbao_common.contracts.applications import ProjectPublishedV1
from shenbao_common.contracts.units import SupervisingDepartmentChangedV1
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest, eventually
from shenbao_subscriptions.actions.log import NotYetKnown


def facts(office: Any, client_id: str) -> list[str]:
    """What a reader sees, as `fact` in order."""
    page = office.system(client_id).get("/v1/subscribers/mine/events", query_string={"limit": 1000}).json
    return [event["type"].split(".")[-2] for event in page["events"]]


@pytest.fixture
def sees(town: Any, office: Any) -> Any:
    """What a reader with this filter sees of a town in which one application of each kind runs its course."""
    for programme in (town.P, town.Q):
        for year in (2013, 2014):
            for department in (town.d11, town.d2):
                town.hear(*town.course(programme, year=year, department=department))

    def look(**wanted: Any) -> list[str]:
        name = f"reader{uuid7().hex[-6:]}"
        office.register(channel="feed", client_id=name, name=name, filter=wanted)
        return facts(office, name)

    return look


COURSE = ["submitted", "step_opened", "step_passed", "approved"]


def test_without_a_filter_everything_is_seen(sees: Any) -> None:
    assert len(sees()) == 8 * 4 + 4 + 3 + 4


def test_a_programme_brings_its_reviews_along(town: Any, sees: Any) -> None:
    assert sees(programmes=[town.P]) == ["project_published"] * 2 + COURSE * 4
    assert sees(programmes=["nobody_declares_this"]) == []


def test_a_year_is_that_of_the_project(town: Any, sees: Any) -> None:
    assert sees(programmes=[town.P], years=[2014], types=["review.step_passed.v1"]) == ["step_passed"] * 2


def test_a_branch_is_an_organisation_with_all_below_it(town: Any, sees: Any) -> None:
    only = {"types": ["applications.approved.v1"]}
    assert len(sees(bodies=[str(town.bureau)], **only)) == 8
    assert len(sees(bodies=[str(town.d1)], **only)) == 4, "what stands below d11 stands below d1"
    assert len(sees(bodies=[str(town.d11)], **only)) == 4
    assert len(sees(bodies=[str(town.d2)], **only)) == 4
    assert len(sees(bodies=[str(town.units[town.d2])], **only)) == 4
    assert sees(bodies=[str(uuid7())], **only) == []


def test_a_result_and_a_step_let_through_what_has_them(town: Any, sees: Any) -> None:
    assert sees(results=["approved"]) == ["approved"] * 8
    assert sees(results=["passed", "approved"], programmes=[town.Q]) == ["step_passed", "approved"] * 4
    assert sees(steps=[town.STEP], years=[2013]) == ["step_opened", "step_passed"] * 4
    assert sees(steps=["another_step"]) == []


def test_a_unit_that_moves_takes_nothing_of_its_past_along(town: Any, office: Any) -> None:
    unit = town.units[town.d11]
    town.hear(*town.course(town.P, department=town.d11))
    town.hear(SupervisingDepartmentChangedV1(unit_id=unit, from_id=town.d11, to_id=town.d2, revision=1))
    which = uuid7()
    town.hear(town.begun(town.P, which, department=town.d11))
    of_branch = {"types": ["applications.created.v1", "applications.submitted.v1"]}
    office.register(channel="feed", client_id="old", name="old", filter={**of_branch, "bodies": [str(town.d1)]})
    office.register(channel="feed", client_id="new", name="new", filter={**of_branch, "bodies": [str(town.d2)]})
    assert (facts(office, "old"), facts(office, "new")) == (["submitted"], ["created"])
    moved = {"types": ["units.supervising_department_changed.v1"]}
    office.register(channel="feed", client_id="both", name="both", filter={**moved, "bodies": [str(town.d1)]})
    assert facts(office, "both") == ["supervising_department_changed"], "the branch that it left hears of it"


def test_news_of_an_application_that_nobody_has_told_of_waits_for_it(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader", filter={"programmes": [town.P]})
    which = uuid7()
    reported, opened, *_ = town.course(town.P, which)
    with pytest.raises(NotYetKnown):
        town.hear(opened)
    assert facts(office, "reader") == ["project_published"] * 2
    town.hear(reported, opened)
    assert facts(office, "reader") == ["project_published"] * 2 + ["submitted", "step_opened"]


def test_a_step_does_not_overtake_the_report_that_it_came_of(service: UnderTest, town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader", filter={"programmes": [town.P]})
    which, project = uuid7(), uuid7()
    town.hear(town.begun(town.P, which))
    intake = Intake(service.service.sessions, service.service.subscriptions, schedule=[timedelta(milliseconds=20)] * 9)
    for event in (replace(town.reported(town.P, which), project_id=project), town.opened(which)):
        intake.take([service.envelope(event)], {})
    assert facts(office, "reader")[-1] == "created", "the report waits for its project, and the step for the report"
    town.hear(example_event(ProjectPublishedV1, project_id=str(project), programme=town.P))
    eventually(lambda: intake.take_due() == 0 and facts(office, "reader")[-1] == "step_opened")
    assert facts(office, "reader")[-4:] == ["created", "project_published", "submitted", "step_opened"]


def test_a_unit_or_an_organisation_that_nobody_has_told_of_is_waited_for(town: Any) -> None:
    begun = town.begun(town.P, uuid7())
    with pytest.raises(NotYetKnown):
        town.hear(type(begun)(**{**vars(begun), "unit_id": uuid7()}))
    unit = town.units[town.d11]
    with pytest.raises(NotYetKnown):
        town.hear(SupervisingDepartmentChangedV1(unit_id=unit, from_id=town.d11, to_id=uuid7(), revision=1))


def test_a_person_without_a_unit_is_told_of_and_stands_below_the_unit_of_the_report(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader", filter={"programmes": [town.Q]})
    office.register(channel="feed", client_id="branch", name="branch", filter={"bodies": [str(town.d1)]})
    which = uuid7()
    town.hear(replace(town.begun(town.Q, which), unit_id=NOBODY))
    town.hear(*town.course(town.Q, which, department=town.d11))
    assert facts(office, "reader")[-5:] == ["created", *COURSE]
    assert facts(office, "branch")[-4:] == COURSE


def test_an_event_of_no_programme_passes_no_filter_of_programmes(town: Any, office: Any) -> None:
    office.register(channel="feed", client_id="reader", filter={"programmes": [town.P], "years": [2014]})
    assert facts(office, "reader") == ["project_published"], "neither units nor organisations have one"
