"""What a publisher told, read from a message (CloudEvents 1.0, binary over AMQP) or a feed (structured JSON)."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_PREFIX = "cn.shenbao."
_SOURCE = "/shenbao/"
_HEADER = "cloudEvents:"
_WATERMARK = "watermark.v1"


class Unreadable(ValueError):
    """No event of Shenbao, or data that its schema refuses; the text says why, without the content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact.

    type: without the prefix of the wire, as `applications.submitted.v1`; source: the publisher, as `applications`;
    sequence: its place in that publisher's one order, from 1; revision: of the subject, 0 when it has none;
    traceparent: W3C trace context, "" without; replayed: sent again on somebody's request.
    """

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    revision: int
    time: datetime
    traceparent: str
    data: Mapping[str, Any]
    replayed: bool = False
    heads: str = field(default="", repr=False, compare=False)
    """Where the publisher's types stood before this event; see last_heard."""

    @property
    def is_watermark(self) -> bool:
        """The publisher's sign of life, which says how far it has come; no fact."""
        return self.type == watermark_of(self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A message or feed entry that is not given to the handler. headers: {} from a feed; body: as it came."""

    headers: Mapping[str, Any]
    body: bytes
    reason: str


def from_message(headers: Mapping[str, Any], body: bytes) -> Event:
    """Reads application headers and body of an AMQP message. Raises Unreadable."""
    named = {name.removeprefix(_HEADER): value for name, value in headers.items() if name.startswith(_HEADER)}
    try:
        data = json.loads(body)
    except ValueError as wrong:
        raise Unreadable("the body is no JSON") from wrong
    return _read(named, data)


def from_structured(entry: object) -> Event:
    """Reads one entry of a feed. Raises Unreadable."""
    if not isinstance(entry, Mapping):
        raise Unreadable("the entry is no JSON object")
    return _read(entry, entry.get("data"))


def short(event_type: str) -> str:
    """A type without the prefix of the wire, whichever way it was written."""
    return event_type.removeprefix(_PREFIX)


def publisher_of(event_type: str) -> str:
    return short(event_type).split(".", 1)[0]


def watermark_of(source: str) -> str:
    return f"{source}.{_WATERMARK}"


def last_heard(event: Event, heard: Collection[str]) -> int:
    """The position up to which a subscriber of the `heard` types must have come before this event.

    A publisher counts all its events, so a jump between two that somebody hears is the rule and no loss. The heads say
    it instead: "1200;submitted.v1=1201" is "that type stood at 1201, all others at 1200 or before". Raises Unreadable.
    """
    if not event.heads:
        return 0
    floor, *named = event.heads.split(";")
    try:
        pairs = [(fact, int(at)) for fact, at in (entry.split("=") for entry in named)]
        return max([int(floor), *(at for fact, at in pairs if f"{event.source}.{fact}" in heard)])
    except ValueError as wrong:
        raise Unreadable("wrong heads") from wrong


def _read(named: Mapping[str, Any], data: object) -> Event:
    if not isinstance(data, dict):
        raise Unreadable("the data is no JSON object")
    try:
        return Event(
            id=str(named["id"]),
            type=short(named["type"]),
            source=named["source"].removeprefix(_SOURCE),
            subject=str(named["subject"]),
            sequence=int(named["sequence"]),
            revision=int(named.get("revision", 0)),
            time=datetime.fromisoformat(named["time"]),
            traceparent=named.get("traceparent", ""),
            data=data,
            replayed=named.get("replayed") in (True, "true"),
            heads=named.get("heads", ""),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise Unreadable(f"an attribute is missing or wrong ({type(wrong).__name__})") from wrong
