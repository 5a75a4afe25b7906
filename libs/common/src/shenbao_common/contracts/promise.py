"""Enters new events and new optional fields in promised.json; refuses to change what was promised (`make promise`)."""

import json
import sys
from collections.abc import Iterator, Mapping
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
    """What `now` takes back of the promise `before`, a sentence each with the way out; empty when nothing."""
    found = [
        f"{name} was removed: readers rely on it; tell it as long as anybody hears it"
        for name in before.keys() - now.keys()
    ]
    for name in before.keys() & now.keys():
        found += [f"{name}.{change}; {_way_out(name)}" for change in _broken_fields(before[name], now[name])]
    return sorted(found)


def _broken_fields(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for field, was in before.items():
        if field not in now:
            yield f"{field} was removed"
        elif now[field] != was:
            yield f"{field} was `{was}` and is `{now[field]}`"
    for field in now.keys() - before.keys():
        if not now[field].endswith(" optional"):
            yield f"{field} is new and required (with a default it may come)"


def _way_out(name: str) -> str:
    """The version that would be beside the old one, by its type and, where the code has the old one, its class."""
    stem, _, number = name.rpartition(".v")
    following = int(number) + 1
    event_type = catalogue.BY_TYPE.get(name)
    named = f" ({event_type.__name__.removesuffix(f'V{number}')}V{following})" if event_type else ""
    return f"leave it as it was and make a new version beside the old one: {stem}.v{following}{named}"


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
