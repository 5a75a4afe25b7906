"""The frames written in one pass say the same as a message that py-amqp writes."""

from datetime import UTC, datetime
from io import BytesIO
from struct import unpack
from types import SimpleNamespace
from typing import Any

import amqp
import pytest
from amqp.method_framing import frame_handler
from amqp.serialization import loads
from amqp.spec import Basic

from shenbao_common.bus.envelope import Envelope, Unreadable
from shenbao_common.bus.stamping import Entry
from shenbao_common.bus.topology import EXCHANGE
from shenbao_common.bus.wire import Writer
from shenbao_common.kernel.ids import uuid7

CHANNEL, FRAME_MAX = 3, 4096
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def entry(*, trace: str = "", subject: str = "a", counter: str = "甲") -> Entry:
    at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    return Entry(uuid7(), "counter.raised.v1", subject, 7, at, trace, f'{{"counter": "{counter}", "number": 1}}', 12)


def read(frames: bytes) -> tuple[list[Any], amqp.Message]:
    """Arguments of the method, and the message, as py-amqp reads them; no frame is larger than was agreed."""
    whole: list[amqp.Message] = []
    take = frame_handler(
        SimpleNamespace(bytes_recv=0),
        lambda channel, _method, _args, message: whole.append(message) if channel == CHANNEL else None,
        content_methods={Basic.Publish},
    )
    stream = BytesIO(frames)
    while head := stream.read(7):
        kind, channel, size = unpack(">BHI", head)
        assert size + 8 <= FRAME_MAX
        take((kind, channel, stream.read(size)))
        assert stream.read(1) == b"\xce"
    (message,) = whole
    arguments, _ = loads("Bssbb", message.frame_args, 4)
    return arguments, message


@pytest.mark.parametrize("told", [entry(), entry(trace=TRACE), entry(subject="申报" * 200)])
def test_ready_properties_read_as_those_of_an_envelope(told: Entry) -> None:
    _, message = read(Writer("counter", CHANNEL, FRAME_MAX).frames(told, "3;raised.v1=11"))
    assert {k: v for k, v in message.properties.items() if k != "application_headers"} == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "delivery_mode": 2,
        "message_id": str(told.id),
    }
    envelope = Envelope.from_message(message.headers, message.body)
    assert envelope == Envelope(
        id=told.id,
        source="counter",
        type=told.type,
        subject=told.subject,
        time=told.time,
        data={"counter": "甲", "number": 1},
        position=12,
        revision=7,
        trace=told.trace,
        heads="3;raised.v1=11",
    )
    assert message.headers.keys() == envelope.to_headers().keys()


@pytest.mark.parametrize("missing", ["id", "source", "type", "subject", "time", "sequence"])
def test_a_message_without_an_attribute_is_unreadable(missing: str) -> None:
    _, message = read(Writer("counter", CHANNEL, FRAME_MAX).frames(entry(), ""))
    del message.headers[f"cloudEvents:{missing}"]
    with pytest.raises(Unreadable):
        Envelope.from_message(message.headers, message.body)


@pytest.mark.parametrize("mandatory", [True, False])
def test_it_is_published_under_its_type(mandatory: bool) -> None:
    arguments, _ = read(Writer("counter", CHANNEL, FRAME_MAX).frames(entry(), "", mandatory=mandatory))
    assert arguments == [0, EXCHANGE, "counter.raised.v1", mandatory, False]


def test_a_body_larger_than_a_frame_comes_in_several() -> None:
    told = entry(counter="甲" * 5000)
    _, message = read(Writer("counter", CHANNEL, FRAME_MAX).frames(told, ""))
    assert Envelope.from_message(message.headers, message.body).data == {"counter": "甲" * 5000, "number": 1}
