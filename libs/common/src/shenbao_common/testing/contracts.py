"""Golden events for both ends of a contract."""

from typing import Any, TypeVar

import jsonschema_rs

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event

E = TypeVar("E", bound=Event)


def example_event(event_type: type[E], **changes: object) -> E:
    """The golden example as an event, with some fields changed (wire values)."""
    return event_type.from_wire(catalogue.example(event_type) | changes)


def objections(schema: dict[str, Any], data: object) -> list[str]:
    """What a JSON Schema has against some data, formats and all; empty when it is valid."""
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return [error.message for error in validator.iter_errors(data)]
