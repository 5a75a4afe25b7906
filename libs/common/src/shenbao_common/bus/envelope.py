"""One event on its way: CloudEvents 1.0, binary over AMQP, structured as JSON over HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shenbao_common.contracts.event import Event
from shenbao_common.kernel import clock, ids

PREFIX = "cn.shenbao."
"""Of every type on the wire; the routing key is the type without it."""

HEADER = "cloudEvents:"
"""Of every attribute among the application headers (CloudEvents AMQP binding 3.1)."""

SOURCE = "/shenbao/"
CONTENT_TYPE = "application/json"
STRUCTURED = "application/cloudevents+json"
WATERMARK = "watermark.v1"
"""Fact of the message with which a publisher's relay says how far it has come."""


class Unreadable(ValueError):
    """A message or feed entry that is no event of ours; the text says why, without its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """source: the publisher; position: its place in that publisher's one order; heads: see bus/heads.py."""

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]
    position: int = 0
    revision: int = 0
    trace: str = ""
    heads: str = ""
    replayed: bool = False

    @classmethod
    def of(cls, event: Event, *, position: int = 0, revision: int = 0) -> "Envelope":
        """An event put into an envelope as its publisher's relay would."""
        return cls(
            id=ids.uuid7(),
            source=event.publisher(),
            type=event.type,
            subject=str(getattr(event, event.subject_field)),
            time=clock.now(),
            data=event.to_wire(),
            position=position,
            revision=revision,
        )

    @property
    def is_watermark(self) -> bool:
        return self.type == f"{self.source}.{WATERMARK}"

    def attributes(self) -> dict[str, Any]:
        """The CloudEvents attributes; `sequence` is padded, because its extension orders it as text."""
        found: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": SOURCE + self.source,
            "type": PREFIX + self.type,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "sequence": f"{self.position:020}",
            "revision": self.revision,
        }
        if self.trace:
            found["traceparent"] = self.trace
        if self.heads:
            found["heads"] = self.heads
        return found

    def to_headers(self) -> dict[str, Any]:
        """Application headers of the AMQP message."""
        return {HEADER + name: value for name, value in self.attributes().items()}

    def to_body(self) -> bytes:
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_message(cls, headers: Mapping[str, Any], body: bytes | str) -> "Envelope":
        """Raises Unreadable."""
        named = {k[len(HEADER) :]: v for k, v in headers.items() if k[: len(HEADER)] == HEADER}
        return _read(named, _json(body))

    def to_structured(self) -> dict[str, Any]:
        """The JSON object of the feed and of webhooks."""
        return self.attributes() | {"datacontenttype": CONTENT_TYPE, "data": self.data}

    @classmethod
    def from_structured(cls, event: Mapping[str, Any]) -> "Envelope":
        """Raises Unreadable."""
        return _read(event, event.get("data"))

    def as_replayed(self) -> "Envelope":
        return replace(self, replayed=True)


def short(name: str) -> str:
    """A type without the prefix, whichever way it was written."""
    return name.removeprefix(PREFIX)


def publisher(event_type: str) -> str:
    """Who tells events of this type."""
    return short(event_type).split(".", 1)[0]


def _json(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except ValueError as wrong:
        raise Unreadable("the body is no JSON") from wrong


def _read(named: Mapping[str, Any], data: Any) -> Envelope:
    if not isinstance(data, dict):
        raise Unreadable("the data is no JSON object")
    try:
        return Envelope(
            id=UUID(named["id"]),
            source=named["source"].removeprefix(SOURCE),
            type=short(named["type"]),
            subject=named["subject"],
            time=datetime.fromisoformat(named["time"]),
            data=data,
            position=int(named["sequence"]),
            revision=int(named.get("revision", 0)),
            trace=named.get("traceparent", ""),
            heads=named.get("heads", ""),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise Unreadable(f"an attribute is missing or wrong ({type(wrong).__name__})") from wrong
