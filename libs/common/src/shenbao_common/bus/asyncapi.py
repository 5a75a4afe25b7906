"""What a publisher tells, as an AsyncAPI 3.0 document: derived from the contracts, as the relay puts it on the wire."""

from typing import Any

from shenbao_common.bus.envelope import CONTENT_TYPE, HEADER, PREFIX, SOURCE
from shenbao_common.bus.topology import EXCHANGE
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event

_ABOUT = (
    "CloudEvents 1.0 in binary mode; a channel's address is its routing key. The same events, structured, are in this "
    "service's feed: GET /v1/events. Fields are only added, and optional; anything else is a new version beside the "
    "old."
)

_EXCHANGE = {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}


def document(publisher: str) -> dict[str, Any]:
    """A channel, an operation and a message for each event of the publisher."""
    told = [event_type for event_type in catalogue.ALL if event_type.publisher() == publisher]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Events of {publisher}", "version": "v1", "description": _ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "channels": {e.type: _channel(e) for e in told},
        "operations": {f"tell.{e.type}": _operation(e) for e in told},
        "components": {"messages": {e.__name__: _message(e) for e in told}},
    }


def _channel(event_type: type[Event]) -> dict[str, Any]:
    binding = {"is": "routingKey", "exchange": _EXCHANGE, "bindingVersion": "0.3.0"}
    return {
        "address": event_type.type,
        "messages": {event_type.__name__: {"$ref": f"#/components/messages/{event_type.__name__}"}},
        "bindings": {"amqp": binding},
    }


def _operation(event_type: type[Event]) -> dict[str, Any]:
    channel = f"#/channels/{event_type.type}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event_type.__name__}"}],
    }


def _message(event_type: type[Event]) -> dict[str, Any]:
    payload = event_type.json_schema()
    # AsyncAPI has a dialect of its own, and every keyword that the contracts use means the same in it.
    del payload["$schema"]
    return {
        "name": PREFIX + event_type.type,
        "title": event_type.__name__,
        "summary": payload["description"].split("\n\n")[0],
        "contentType": CONTENT_TYPE,
        "headers": _headers(event_type),
        "payload": payload,
        "examples": [{"payload": catalogue.example(event_type)}],
    }


def _headers(event_type: type[Event]) -> dict[str, Any]:
    """The attributes of bus/envelope.py; a test holds this against what an envelope has."""
    text = {"type": "string"}
    always = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"const": SOURCE + event_type.publisher()},
        "type": {"const": PREFIX + event_type.type},
        "subject": text | {"description": f"The event's {event_type.subject_field}; order is kept per subject."},
        "time": {"type": "string", "format": "date-time"},
        "sequence": text | {"description": "Position in the publisher's order, padded to compare as text."},
        "revision": {"type": "integer"},
    }
    sometimes = {"traceparent": text, "heads": text}
    return {
        "type": "object",
        "properties": {HEADER + name: shape for name, shape in (always | sometimes).items()},
        "required": [HEADER + name for name in always],
    }
