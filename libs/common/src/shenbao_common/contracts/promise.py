"""Enters new events and new optional fields in promised.json; refuses to change what was promised (`make promise`)."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from shenbao_common.contracts import catalogue

LOCK = Path(__file__).with_name("promised.json")

Shapes = Mapping[str, Mapping[str, str]]


def promised() -> dict[str, dict[str, str]]:
    """The shape of every event that somebody may already rely on."""
    shapes: dict[str, dict[str, str]] = json.loads(LOCK.read_text(encoding="utf-8"))
    return shapes


def present() -> dict[str, dict[str, str]]:
    """The shape of every event as the code has it now."""
    return {event_type.type: catalogue.shape(event_type) for event_type in catalogue.ALL}


def broken(before: Shapes, now: Shapes) -> list[str]:
    """What `now` takes back of the promise `before`, a sentence each; empty when nothing."""
    found = [f"{name} was removed" for name in before if name not in now]
    for name in before.keys() & now.keys():
        found += _broken_fields(name, before[name], now[name])
    return sorted(found)


def _broken_fields(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    changed = [f for f, kind in before.items() if now.get(f) != kind]
    demanded = [f for f in now.keys() - before.keys() if not now[f].endswith(" optional")]
    return [f"{name}.{f} changed: make a new version" for f in changed] + [
        f"{name}.{f} is new and required: give it a default or make a new version" for f in demanded
    ]


def main() -> int:
    """0 when every shape is promised now; 1, and nothing written, when an old promise would break."""
    before, now = promised(), present()
    if problems := broken(before, now):
        sys.stderr.write("\n".join(problems) + "\n")
        return 1
    LOCK.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(now)} events promised\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
