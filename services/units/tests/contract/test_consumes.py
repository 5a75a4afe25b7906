"""The listener's half: every published example is digested, and digested once."""

import pytest

from shenbao_common.contracts.event import Event
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_units.handlers import subscriptions


@pytest.mark.parametrize("event_type", subscriptions.event_types, ids=lambda e: e.type)
def test_the_published_example_is_digested_once(units: UnderTest, event_type: type[Event]) -> None:
    envelope = units.hear(example_event(event_type))
    with units.service.sessions.begin() as session:
        assert not units.service.subscriptions.deliver(session, envelope)
