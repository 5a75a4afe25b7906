"""Subscriptions takes in the published example of every event there is, once."""

from typing import Any

import pytest

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.applications import ApplicationSubmittedV1, ProjectPublishedV1
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.units import OrganisationCreatedV1, UnitRegisteredV1
from shenbao_common.kernel.actor import NOBODY
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest

FIRST = (UnitRegisteredV1, ProjectPublishedV1)


@pytest.mark.parametrize("event_type", catalogue.ALL, ids=lambda e: e.type)
def test_the_published_example_is_taken_in_once(service: UnderTest, event_type: type[Event]) -> None:
    prepare(service, event_type)
    subscriptions = service.service.subscriptions
    envelope = service.envelope(example_event(event_type))
    with service.service.sessions.begin() as session:
        assert subscriptions.deliver(session, envelope)
    with service.service.sessions.begin() as session:
        assert not subscriptions.deliver(session, envelope)
        (logged,) = session.connection().exec_driver_sql("SELECT envelope FROM log ORDER BY position DESC LIMIT 1")
    told: dict[str, Any] = envelope.to_structured()
    assert logged[0] == told


def prepare(service: UnderTest, event_type: type[Event]) -> None:
    """What the example is about: its organisations, unit, project and application."""
    data = example_event(event_type).to_wire()
    named = [data.get(n) for n in ("department_id", "from_id", "to_id", "parent_id", "organisation_id")]
    tree = {"01890000-0000-7000-8000-000000000020", *filter(None, named)}
    for number, body in enumerate(sorted(tree)):
        service.hear(example_event(OrganisationCreatedV1, organisation_id=body, parent_id=None, code=str(number)))
    for event in FIRST:
        service.hear(example_event(event))
    if data.get("unit_id") not in {None, example_event(UnitRegisteredV1).to_wire()["unit_id"], str(NOBODY)}:
        service.hear(example_event(UnitRegisteredV1, unit_id=data["unit_id"]))
    if "application_id" in data:
        service.hear(example_event(ApplicationSubmittedV1, application_id=data["application_id"]))
