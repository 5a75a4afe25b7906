"""The listener's half of every contract that review relies on."""

import pytest

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_review.handlers import subscriptions

HEARD = sorted(subscriptions.types)


@pytest.mark.parametrize("name", HEARD)
def test_the_published_example_is_digested_once(review: UnderTest, name: str) -> None:
    envelope = review.envelope(example_event(catalogue.BY_TYPE[name]))
    with review.service.sessions.begin() as session:
        assert subscriptions.deliver(session, envelope)
    with review.service.sessions.begin() as session:
        assert not subscriptions.deliver(session, envelope)


def test_the_examples_together_make_a_case_that_waits_at_the_department(review: UnderTest) -> None:
    report = example_event(ApplicationSubmittedV1)
    story: list[type[Event]] = [catalogue.BY_TYPE[name] for name in HEARD if name.startswith("units.")]
    story += [catalogue.BY_TYPE["applications.programme_published.v1"]]
    for event_type in story:
        review.hear(example_event(event_type))
    review.hear(report)
    # The example tree has no bureau: the case waits for it, and goes on as soon as it is known.
    assert review.told(StepOpenedV1) == []
    organisation = catalogue.BY_TYPE["units.organisation_created.v1"]
    parent = catalogue.example(organisation)["parent_id"]
    review.hear(example_event(organisation, organisation_id=parent, parent_id=None, level="city_hr_bureau"))
    assert [e.organisation_id for e in review.told(StepOpenedV1)] == [report.department_id]


def test_review_hears_what_the_plan_of_the_suite_says() -> None:
    assert set(HEARD) == {
        "identity.account_changed.v1",
        "identity.session_ended.v1",
        "identity.person_erased.v1",
        "units.organisation_cancelled.v1",
        "units.organisation_created.v1",
        "units.unit_registered.v1",
        "units.unit_renamed.v1",
        "units.self_declaring_ended.v1",
        "units.supervising_department_changed.v1",
        "units.sub_account_created.v1",
        "units.sub_account_state_changed.v1",
        "units.sub_account_permissions_changed.v1",
        "units.sub_account_deleted.v1",
        "applications.programme_published.v1",
        "applications.project_published.v1",
        "applications.submitted.v1",
        "applications.resubmitted.v1",
        "applications.recalled_by_department_change.v1",
        "applications.withdrawn.v1",
        "applications.superseded.v1",
    }
