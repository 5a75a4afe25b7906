"""The rule behind contracts/consumers: is what a listener needs given?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar
from uuid import UUID

from shenbao_common.contracts.consumers import Consumer, Need, consumers, unmet
from shenbao_common.contracts.event import Event, OneOf


@dataclass(frozen=True, kw_only=True)
class DoorMovedV1(Event):
    """A door was moved."""

    type: ClassVar[str] = "house.door_moved.v1"
    subject_field: ClassVar[str] = "door_id"

    door_id: UUID
    colour: str
    locked: bool
    state: Annotated[str, OneOf(("open", "shut"))]


def wanting(fields: Sequence[str], values: Mapping[str, Sequence[object]], event: str = DoorMovedV1.type) -> list[str]:
    return unmet(Consumer("cat", {event: Need(fields, values)}), {DoorMovedV1.type: DoorMovedV1})


def test_fields_that_are_told_and_values_that_are_promised_are_given() -> None:
    assert wanting(["door_id", "state"], {"state": ["open"], "locked": [False]}) == []


def test_a_field_that_is_not_told_is_named_with_who_needs_it() -> None:
    assert wanting(["height"], {}) == ["cat needs house.door_moved.v1.height, which the event does not have"]


def test_a_value_that_nobody_promised_is_named() -> None:
    assert wanting(["state"], {"state": ["open", "ajar"], "colour": ["red"]}) == [
        'cat needs house.door_moved.v1.state to be "ajar", which is not among its promised values',
        'cat needs house.door_moved.v1.colour to be "red", which is not among its promised values',
    ]


def test_an_event_that_nobody_tells_is_named() -> None:
    assert wanting([], {}, "house.burnt.v1") == ["cat needs house.burnt.v1, which nobody tells"]


def test_needs_are_read_from_one_file_for_each_consumer(tmp_path: Path) -> None:
    text = '{"consumer": "cat", "events": {"house.door_moved.v1": {"fields": ["door_id"]}}}'
    (tmp_path / "cat.json").write_text(text, encoding="utf-8")
    (read,) = consumers(tmp_path)
    assert read == Consumer("cat", {"house.door_moved.v1": Need(["door_id"], {})})
    assert read.reads("house.door_moved.v1", "door_id")
    assert not read.reads("house.door_moved.v1", "colour")
