"""Golden events for both ends of a contract."""

from typing import TypeVar

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event

E = TypeVar("E", bound=Event)


def example_event(event_type: type[E], **changes: object) -> E:
    """The golden example as an event, with some fields changed (wire values)."""
    return event_type.from_wire(catalogue.example(event_type) | changes)
