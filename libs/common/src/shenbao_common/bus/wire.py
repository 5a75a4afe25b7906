"""An entry of the log as the AMQP frames that publish it, written here in one pass (AMQP 0-9-1, 2.3.5 and 4.2).

py-amqp looks for news from the broker before every message, and encodes a table of ten headers, a method and three
frames anew each time: about two thirds of the time that the relay has for an event. The ten headers and the method are
always the same, so here only what differs is encoded, and many messages go out in one write. A test holds the result
against what py-amqp reads.
"""

from functools import lru_cache
from struct import Struct

from shenbao_common.bus.envelope import CONTENT_TYPE, HEADER, PREFIX, SOURCE
from shenbao_common.bus.stamping import Entry
from shenbao_common.bus.topology import EXCHANGE

_LONG = Struct(">I").pack
_LONG_LONG = Struct(">q").pack
_START = Struct(">BHI").pack
_END = b"\xce"
_METHOD, _HEADER, _BODY = 1, 2, 3
_AROUND_A_FRAME = 8

_PUBLISH = Struct(">HHH").pack(60, 40, 0)
_CONTENT = Struct(">HHQ").pack
_MANDATORY = 1

# content type, content encoding, headers, delivery mode, message id are present (AMQP 0-9-1, 4.2.6.1)
_FLAGS = Struct(">H").pack(1 << 15 | 1 << 14 | 1 << 13 | 1 << 12 | 1 << 7)


class Writer:
    """Writes the persistent messages of one publisher; frame_max is what was agreed with the broker, in bytes."""

    def __init__(self, source: str, channel: int, frame_max: int) -> None:
        self._always = _text("specversion", "1.0") + _text("source", SOURCE + source)
        self._channel = channel
        self._most = frame_max - _AROUND_A_FRAME
        self._publish = lru_cache(self._method)

    def frames(self, entry: Entry, heads: str, *, mandatory: bool = True) -> bytes:
        """heads: see heads.py; mandatory: the broker sends back what no queue takes."""
        body = entry.data.encode()
        header = _CONTENT(60, 0, len(body)) + self._properties(entry, heads)
        return b"".join(
            (
                self._publish(entry.type, mandatory),
                self._frame(_HEADER, header),
                *(self._frame(_BODY, body[at : at + self._most]) for at in range(0, len(body), self._most)),
            )
        )

    def _method(self, routing_key: str, mandatory: bool) -> bytes:
        flags = bytes((_MANDATORY if mandatory else 0,))
        return self._frame(_METHOD, _PUBLISH + _short(EXCHANGE) + _short(routing_key) + flags)

    def _frame(self, kind: int, payload: bytes) -> bytes:
        return _START(kind, self._channel, len(payload)) + payload + _END

    def _properties(self, entry: Entry, heads: str) -> bytes:
        table = b"".join(
            (
                self._always,
                _ID + _long(str(entry.id)),
                _TYPE + _long(PREFIX + entry.type),
                _SUBJECT + _long(entry.subject),
                _TIME + _long(entry.time.isoformat()),
                _SEQUENCE + _long(f"{entry.position:020}"),
                _REVISION + _LONG_LONG(entry.revision),
                _HEADS + _long(heads),
                _TRACE + _long(entry.trace) if entry.trace else b"",
            )
        )
        return b"".join((_BEFORE, _LONG(len(table)), table, _PERSISTENT, _short(str(entry.id))))


def _short(text: str) -> bytes:
    encoded = text.encode()
    return bytes((len(encoded),)) + encoded


def _long(text: str) -> bytes:
    encoded = text.encode()
    return _LONG(len(encoded)) + encoded


def _name(attribute: str, kind: bytes = b"S") -> bytes:
    return _short(HEADER + attribute) + kind


def _text(attribute: str, value: str) -> bytes:
    return _name(attribute) + _long(value)


_BEFORE = _FLAGS + _short(CONTENT_TYPE) + _short("utf-8")
_PERSISTENT = b"\x02"
_ID, _TYPE, _SUBJECT = _name("id"), _name("type"), _name("subject")
_TIME, _SEQUENCE, _REVISION = _name("time"), _name("sequence"), _name("revision", b"l")
_HEADS, _TRACE = _name("heads"), _name("traceparent")
