"""The event base: from fields to wire form and schema."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, ClassVar
from uuid import UUID

import marshmallow as ma
import pytest

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event, JsonDocument, OneOf

THING = UUID(int=7)


@dataclass(frozen=True, kw_only=True)
class ThingHappenedV1(Event):
    """A thing happened."""

    type: ClassVar[str] = "things.happened.v1"
    subject_field: ClassVar[str] = "thing_id"

    thing_id: UUID
    name: str
    count: int
    good: bool
    on: date
    at: datetime
    parts: tuple[str, ...]
    document: JsonDocument
    mood: Annotated[str, OneOf(("wild", "calm"))]
    parent_id: UUID | None = None


EVENT = ThingHappenedV1(
    thing_id=THING,
    name="示例",
    count=3,
    good=True,
    on=date(2014, 5, 6),
    at=datetime(2014, 5, 6, 9, 30, tzinfo=timezone(timedelta(hours=8))),
    parts=("a", "b"),
    mood="calm",
    document={"route": [{"step": "one"}]},
)


def test_an_event_reads_back_as_it_was_written() -> None:
    assert ThingHappenedV1.from_wire(EVENT.to_wire()) == EVENT


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ma.ValidationError):
        ThingHappenedV1.from_wire(EVENT.to_wire() | {"at": "2014-05-06T09:30:00"})


def test_a_word_that_a_newer_publisher_says_is_read() -> None:
    assert ThingHappenedV1.from_wire(EVENT.to_wire() | {"mood": "pensive"}).mood == "pensive"


def test_an_optional_field_may_be_absent_or_null() -> None:
    wire = EVENT.to_wire()
    assert ThingHappenedV1.from_wire(wire | {"parent_id": None}).parent_id is None
    del wire["parent_id"]
    assert ThingHappenedV1.from_wire(wire).parent_id is None


def test_publisher_and_subject_come_from_the_event_itself() -> None:
    assert (ThingHappenedV1.publisher(), EVENT.subject) == ("things", str(THING))


def test_the_shape_says_kind_and_need_of_every_field() -> None:
    shape = catalogue.shape(ThingHappenedV1)
    assert (shape["at"], shape["parts"]) == ("AwareDateTime required", "List required")
    assert (shape["parent_id"], shape["mood"]) == ("UUID or null optional", "String of calm|wild required")


def test_the_json_schema_lists_types_formats_and_required_fields() -> None:
    schema = ThingHappenedV1.json_schema()
    assert schema["title"] == "ThingHappenedV1"
    assert schema["description"] == "A thing happened."
    assert schema["properties"]["at"] == {"type": "string", "format": "date-time"}
    assert schema["properties"]["parts"] == {"type": "array", "items": {"type": "string"}}
    assert schema["properties"]["mood"] == {"type": "string", "enum": ["wild", "calm"]}
    assert schema["properties"]["parent_id"]["anyOf"][1] == {"type": "null"}
    assert "parent_id" not in schema["required"]


def test_types_are_unique_and_named_publisher_fact_version() -> None:
    types = [event_type.type for event_type in catalogue.ALL]
    assert len(set(types)) == len(types)
    for event_type in catalogue.ALL:
        publisher, fact, version = event_type.type.split(".")
        assert publisher == event_type.publisher()
        assert fact.replace("_", "").isalpha()
        assert version == f"v{event_type.__name__.rsplit('V', 1)[1]}"


def test_a_type_in_universal_time_keeps_its_zone() -> None:
    moment = datetime(2014, 5, 6, 1, 30, tzinfo=UTC)
    assert ThingHappenedV1.from_wire(EVENT.to_wire() | {"at": moment.isoformat()}).at == EVENT.at == moment
