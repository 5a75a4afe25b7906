"""Documents digests the published example of every event it listens to, once."""

import pytest

from shenbao_common.contracts.event import Event
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.handlers import subscriptions


@pytest.mark.parametrize("event_type", subscriptions.event_types, ids=lambda event_type: event_type.type)
def test_the_published_example_is_digested_once(documents: UnderTest, event_type: type[Event]) -> None:
    envelope = documents.envelope(example_event(event_type))
    with documents.service.sessions.begin() as session:
        assert subscriptions.deliver(session, envelope)
    with documents.service.sessions.begin() as session:
        assert not subscriptions.deliver(session, envelope)
