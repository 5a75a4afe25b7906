"""What each listener needs of the events it hears, as it checked it in: contracts/consumers/<consumer>.json.

A file is `{"consumer": name, "events": {type: {"fields": [...], "values": {field: [...]}}}}`: the fields that the
listener reads and, where it acts on particular values of a field, those values.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenbao_common.contracts.event import Event


@dataclass(frozen=True)
class Need:
    """Of one event: the fields read, and the values that the listener waits for in some of them."""

    fields: Sequence[str]
    values: Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class Consumer:
    name: str
    events: Mapping[str, Need]

    def reads(self, event_type: str, field: str) -> bool:
        return event_type in self.events and field in self.events[event_type].fields


def consumers(folder: Path) -> list[Consumer]:
    """Every listener that checked its needs in, by name."""
    return [_consumer(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def unmet(consumer: Consumer, told: Mapping[str, type[Event]]) -> list[str]:
    """What the events that are `told` do not give to a listener, a sentence each; empty when nothing is wanting."""
    found: list[str] = []
    for name, need in consumer.events.items():
        if name in told:
            properties = told[name].json_schema()["properties"]
            found += [f"{consumer.name} needs {name}.{wanting}" for wanting in _wanting(need, properties)]
        else:
            found.append(f"{consumer.name} needs {name}, which nobody tells")
    return found


def _wanting(need: Need, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for field in dict.fromkeys((*need.fields, *need.values)):
        if field not in properties:
            yield f"{field}, which the event does not have"
    for field, values in need.values.items():
        for value in values:
            if field in properties and not _promised(value, properties[field]):
                yield f"{field} to be {json.dumps(value)}, which is not among its promised values"


def _promised(value: object, shape: Mapping[str, Any]) -> bool:
    # Text without a list of words may be anything, so nobody promised this value.
    return value in shape.get("enum", ()) or (shape.get("type") == "boolean" and isinstance(value, bool))


def _consumer(stated: Mapping[str, Any]) -> Consumer:
    needs = {name: Need(need["fields"], need.get("values", {})) for name, need in stated["events"].items()}
    return Consumer(stated["consumer"], needs)
