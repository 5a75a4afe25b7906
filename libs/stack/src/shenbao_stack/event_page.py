"""Draws docs/events.md from the catalogue and the services' subscriptions: `make events`."""

import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from shenbao_common.contracts.catalogue import ALL
from shenbao_common.contracts.event import Event
from shenbao_stack import inspection

_HEAD = """# Events

Drawn by `make events` from the contracts and the services' subscriptions; do not edit. What is promised of delivery
stands in [delivery.md](delivery.md). On the wire each type has the prefix `cn.shenbao.`.

| event | told by | about | heard by |
|---|---|---|---|
"""


def page(heard: dict[str, list[str]]) -> str:
    """heard: event type to the services that listen to it."""
    rows = "".join(_row(event_type, heard.get(event_type.type, [])) for event_type in ALL)
    return _HEAD + rows + "\n" + "\n".join(_section(event_type) for event_type in ALL)


def _row(event_type: type[Event], heard_by: list[str]) -> str:
    link = f"[`{event_type.type}`](#{event_type.type.replace('.', '')})"
    return f"| {link} | {event_type.publisher()} | `{event_type.subject_field}` | {', '.join(heard_by)} |\n"


def _section(event_type: type[Event]) -> str:
    required = set(event_type.json_schema()["required"])
    shapes = event_type.json_schema()["properties"]
    told = "\n".join(
        f"- `{f.name}`: {_words(shapes[f.name])}{'' if f.name in required else ', optional'}"
        for f in fields(event_type)
    )
    summary = (event_type.__doc__ or "").strip().split("\n\n")[0]
    return f"## {event_type.type}\n\n{summary}\n\n{told}\n"


def _words(shape: dict[str, object]) -> str:
    """A JSON Schema in a few words: `uuid`, `list of string`, `date or null`."""
    if isinstance(any_of := shape.get("anyOf"), list):
        return " or ".join(_words(s) for s in any_of)
    if isinstance(items := shape.get("items"), dict):
        return f"list of {_words(items)}"
    return str(shape.get("format") or shape["type"])


def main() -> None:
    """Writes the page to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(page(inspection.listeners(inspection.services(Path(folder)))))


if __name__ == "__main__":
    main()
