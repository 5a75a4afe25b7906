"""What was promised of events stays promised."""

import json
from typing import Any

import marshmallow as ma
import pytest

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.promise import LOCK, broken, present, promised

every_event = pytest.mark.parametrize("event_type", catalogue.ALL, ids=lambda e: e.type)


def plain_type(schema: dict[str, Any]) -> set[str]:
    options = schema.get("anyOf", [schema])
    return {option["type"] for option in options}


@every_event
def test_the_golden_example_survives_the_round_trip(event_type: type[Event]) -> None:
    wire = catalogue.example(event_type)
    assert event_type.from_wire(wire).to_wire() == wire


@every_event
def test_the_golden_example_shows_every_field(event_type: type[Event]) -> None:
    assert catalogue.example(event_type).keys() == event_type.wire_schema().fields.keys()


@every_event
def test_a_field_that_a_newer_publisher_added_is_left_aside(event_type: type[Event]) -> None:
    wire = catalogue.example(event_type)
    assert event_type.from_wire(wire | {"added_next_year": 1}) == event_type.from_wire(wire)


@every_event
def test_each_required_field_is_missed_when_it_is_absent(event_type: type[Event]) -> None:
    wire = catalogue.example(event_type)
    for name in event_type.json_schema()["required"]:
        with pytest.raises(ma.ValidationError) as wrong:
            event_type.from_wire({key: value for key, value in wire.items() if key != name})
        assert name in str(wrong.value)


@every_event
def test_the_schema_describes_the_golden_example(event_type: type[Event]) -> None:
    names = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object", type(None): "null"}
    schema = event_type.json_schema()
    for name, value in catalogue.example(event_type).items():
        assert names[type(value)] in plain_type(schema["properties"][name]), name


@every_event
def test_the_subject_is_a_field_of_the_event(event_type: type[Event]) -> None:
    event = event_type.from_wire(catalogue.example(event_type))
    assert event.subject == str(getattr(event, event_type.subject_field))


def test_no_promise_is_broken_and_everything_is_promised() -> None:
    problems = broken(promised(), present())
    assert not problems, "\n".join(problems)
    assert promised() == present(), "run `make promise`"


def test_the_promise_file_is_written_as_the_command_writes_it() -> None:
    assert LOCK.read_text(encoding="utf-8") == json.dumps(promised(), indent=2) + "\n"


def test_every_example_belongs_to_an_event() -> None:
    examples = {path.name.removesuffix(".json") for path in (LOCK.parent / "examples").iterdir()}
    assert examples == set(catalogue.BY_TYPE)
