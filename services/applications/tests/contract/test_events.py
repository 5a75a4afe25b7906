"""Both ends of every event: what is heard is digested once, what is told keeps its promise."""

from datetime import UTC, datetime

import pytest

from shenbao_applications.handlers import subscriptions
from shenbao_common.contracts import applications as told
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.review import StepPassedV1
from shenbao_common.testing.contracts import example_event, objections


@pytest.mark.parametrize("event_type", subscriptions.event_types, ids=lambda e: e.type)
def test_every_event_that_is_heard_is_digested_once(applications, event_type: type[Event]) -> None:
    envelope = applications.hear(example_event(event_type))
    with applications.sessions() as session:
        assert not applications.service.subscriptions.deliver(session, envelope)


def test_a_decision_heard_twice_counts_once(house) -> None:
    unit = house.unit()
    material = house.reported(unit, house.project())
    house.opened(material, house.d1, "supervising_department_review")
    passed = StepPassedV1(
        application_id=material["id"],
        step_key="supervising_department_review",
        round=1,
        organisation_id=house.d1.organisation_id,
        decided_at=datetime(2026, 5, 6, tzinfo=UTC),
        final=True,
    )
    envelope = house.service.hear(passed)
    with house.service.service.sessions.begin() as session:
        house.service.service.subscriptions.deliver(session, envelope)
    assert len(house.service.told(told.ApplicationApprovedV1)) == 1


def test_every_event_of_this_service_is_told_in_the_shape_that_was_promised(house) -> None:
    unit = house.unit()
    project = house.project()
    deleted = house.create(unit, project)
    house.service.client(unit).post("/v1/applications/deletions", json={"ids": [deleted["id"]]})
    material = house.ready(unit, project)
    house.save(unit, material["id"], {"basic": {"birthplace": "宁波"}}, part=True)
    material = house.report(unit, material["id"]).json
    house.opened(material, house.d1, "supervising_department_review")
    house.returned(material, house.d1, "supervising_department_review")
    material = house.report(unit, material["id"]).json
    house.move(unit, house.d2)
    material = house.report(unit, material["id"]).json
    house.opened(material, house.d2, "supervising_department_review")
    house.passed(material, house.d2, "supervising_department_review", final=True)
    own = {event_type for event_type in catalogue.ALL if event_type.publisher() == "applications"}
    # Only persons withdraw, declare anew, and keep an archive: integration/test_persons.py, titles; offices publish.
    own -= {told.ApplicationWithdrawnV1, told.ApplicationSupersededV1, told.ArchiveProofShownV1, told.FilesUsedV1}
    for event_type in own:
        (first, *_) = house.service.told(event_type)
        assert first.to_wire().keys() == catalogue.example(event_type).keys()
        assert objections(event_type.json_schema(), first.to_wire()) == []
