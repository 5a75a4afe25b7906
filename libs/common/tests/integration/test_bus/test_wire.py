"""The message written in one pass says the same as one that py-amqp writes."""

from datetime import UTC, datetime

import amqp
import pytest

from shenbao_common.bus.envelope import Envelope, Unreadable
from shenbao_common.bus.stamping import Entry
from shenbao_common.bus.wire import Writer
from shenbao_common.kernel.ids import uuid7

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def entry(*, trace: str = "", subject: str = "a") -> Entry:
    at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    return Entry(uuid7(), "counter.raised.v1", subject, 7, at, trace, '{"counter": "甲", "number": 1}', 12)


@pytest.mark.parametrize("told", [entry(), entry(trace=TRACE), entry(subject="申报" * 200)])
def test_ready_properties_read_as_those_of_an_envelope(told: Entry) -> None:
    message = Writer("counter").message(told, "3;raised.v1=11")
    read = amqp.Message()
    read._load_properties(amqp.Message.CLASS_ID, message._serialize_properties(), 0)
    assert {k: v for k, v in read.properties.items() if k != "application_headers"} == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "delivery_mode": 2,
        "message_id": str(told.id),
    }
    envelope = Envelope.from_message(read.headers, message.body)
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
    assert read.headers.keys() == envelope.to_headers().keys()


@pytest.mark.parametrize("missing", ["id", "source", "type", "subject", "time", "sequence"])
def test_a_message_without_an_attribute_is_unreadable(missing: str) -> None:
    message = Writer("counter").message(entry(), "")
    read = amqp.Message()
    read._load_properties(amqp.Message.CLASS_ID, message._serialize_properties(), 0)
    del read.headers[f"cloudEvents:{missing}"]
    with pytest.raises(Unreadable):
        Envelope.from_message(read.headers, message.body)
