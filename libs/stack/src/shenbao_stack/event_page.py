"""Draws docs/events.md and docs/asyncapi from contracts, subscriptions and consumers' needs: `make events`."""

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from shenbao_common.bus import asyncapi
from shenbao_common.contracts.catalogue import ALL
from shenbao_common.contracts.consumers import Consumer, consumers
from shenbao_common.contracts.event import Event
from shenbao_stack import inspection

_HEAD = """# Events

Drawn by `make events` from the contracts, the services' subscriptions and what each listener checked in of its needs
(`contracts/consumers`); do not edit. For machines the same stands in [asyncapi](asyncapi): an AsyncAPI document for
each publisher, which also serves it at `GET /v1/events/catalogue`, and a JSON Schema for each event. What is promised
of delivery stands in [delivery.md](delivery.md). On the wire each type has the prefix `cn.shenbao.`.

| event | told by | about | heard by |
|---|---|---|---|
"""


def drawn(heard: Mapping[str, list[str]], needs: Sequence[Consumer]) -> dict[str, str]:
    """Path below docs/ to text. heard: event type to the services that listen to it."""
    pages = {"events.md": _page(heard, needs)}
    for publisher in dict.fromkeys(event_type.publisher() for event_type in ALL):
        pages[f"asyncapi/{publisher}.json"] = _json(asyncapi.document(publisher))
    for event_type in ALL:
        pages[f"asyncapi/schemas/{event_type.type}.json"] = _json(event_type.json_schema())
    return pages


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _page(heard: Mapping[str, list[str]], needs: Sequence[Consumer]) -> str:
    rows = "".join(_row(event_type, _listeners(event_type, heard, needs)) for event_type in ALL)
    return _HEAD + rows + "\n" + "\n".join(_section(event_type, needs) for event_type in ALL)


def _listeners(event_type: type[Event], heard: Mapping[str, list[str]], needs: Sequence[Consumer]) -> list[str]:
    """The suite's own services and, from their needs, other systems."""
    others = [consumer.name for consumer in needs if event_type.type in consumer.events]
    return list(dict.fromkeys([*heard.get(event_type.type, []), *others]))


def _row(event_type: type[Event], heard_by: list[str]) -> str:
    link = f"[`{event_type.type}`](#{event_type.type.replace('.', '')})"
    return f"| {link} | {event_type.publisher()} | `{event_type.subject_field}` | {', '.join(heard_by)} |\n"


def _section(event_type: type[Event], needs: Sequence[Consumer]) -> str:
    required = set(event_type.json_schema()["required"])
    shapes = event_type.json_schema()["properties"]
    readers = {f.name: [c.name for c in needs if c.reads(event_type.type, f.name)] for f in fields(event_type)}
    told = "\n".join(
        f"- `{f.name}`: {_words(shapes[f.name])}{'' if f.name in required else ', optional'}{_read_by(readers[f.name])}"
        for f in fields(event_type)
    )
    summary = (event_type.__doc__ or "").strip().split("\n\n")[0]
    return f"## {event_type.type}\n\n{summary}\n\n{told}\n"


def _read_by(readers: list[str]) -> str:
    return f" (read by {', '.join(readers)})" if readers else ""


def _words(shape: dict[str, object]) -> str:
    """A JSON Schema in a few words: `uuid`, `list of string`, `date or null`, `one of registry, scan`."""
    if isinstance(enum := shape.get("enum"), list):
        return f"one of {', '.join(enum)}"
    if isinstance(any_of := shape.get("anyOf"), list):
        return " or ".join(_words(s) for s in any_of)
    if isinstance(items := shape.get("items"), dict):
        return f"list of {_words(items)}"
    return str(shape.get("format") or shape["type"])


def main(root: Path) -> None:
    """Writes the pages below docs/ of the repository, and takes away those of events that are no more."""
    with tempfile.TemporaryDirectory() as folder:
        heard = inspection.listeners(inspection.services(Path(folder)))
    shutil.rmtree(root / "docs" / "asyncapi", ignore_errors=True)
    for name, text in drawn(heard, consumers(root / "contracts" / "consumers")).items():
        path = root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
