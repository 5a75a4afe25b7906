"""A handler's rehearsal before it goes live: recorded and golden events in every way in which they may come.

    python -m shenbao_subscriber.rehearsal my_system.listener:on_event recording.json [folder-of-golden-examples ...]

A recording is what a feed answers (`GET /v1/events`), its list of events, or such lists after one another. A golden
example is a file `<type>.json` with an event's data. The exit status is 1 when the handler is not fit.
"""

import argparse
import importlib
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from shenbao_subscriber.event import Event, Unread, Unreadable, from_structured, publisher_of, short
from shenbao_subscriber.feeds import PAGE, Page
from shenbao_subscriber.schemas import Schema
from shenbao_subscriber.taking import Taker

Handler = Callable[[Event], None]


@dataclass
class Rehearsal:
    """problems: what would go wrong; played: acts that were gone through, for the curious."""

    problems: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)

    def ensure_fit(self) -> None:
        """Raises AssertionError that names every problem: a test's last line."""
        if self.problems:
            raise AssertionError("; ".join(self.problems))


class Recording:
    """Events by publisher, as its feed would answer them."""

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Raises Unreadable for an entry that is no event."""
        events = sorted({(e.source, e.sequence): e for e in map(from_structured, entries)}.items())
        self.events = [event for _, event in events]
        self._entries = {(e.source, e.sequence): entry for entry in entries for e in [from_structured(entry)]}

    def read(self, source: str, after: int, types: Sequence[str]) -> Page:
        own = [e for e in self.events if e.source == source]
        found = [e for e in own if e.sequence > after and e.type in types][:PAGE]
        watermark = max((e.sequence for e in own), default=after)
        come_to = found[-1].sequence if len(found) == PAGE else watermark
        return Page([self._entries[source, e.sequence] for e in found], come_to, watermark)


def rehearse(  # noqa: PLR0913  (all but two are for the few who need them)
    handler: Handler,
    recording: Sequence[Mapping[str, Any]],
    *,
    types: Sequence[str] = (),
    schemas: Mapping[str, Schema] | None = None,
    state: Callable[[], object] | None = None,
    on_unreadable: Callable[[Unread], None] = lambda _unread: None,
    seed: int = 1,
) -> Rehearsal:
    """types: what is heard, all of the recording when empty. state: what the handler has brought about, comparable;
    then events that come again must not change it."""
    log = Recording(recording)
    stage = _Stage(handler, log, [short(name) for name in types] or sorted({e.type for e in log.events}))
    stage.schemas, stage.on_unreadable = dict(schemas or {}), on_unreadable
    stage.act("in order, from the feeds", stage.from_the_feeds)
    before = state() if state else None
    for name, act in (
        ("all of it again, as after a crash before the checkpoint was kept", stage.from_the_feeds),
        ("every message twice, publishers mixed", lambda: stage.twice(random.Random(seed))),  # noqa: S311
        ("messages that overtake their neighbours", stage.overtaking),
    ):
        stage.act(name, act)
        if state and state() != before:
            stage.rehearsal.problems.append(f"{name}: what came again changed the state")
    stage.act("a newer version and a type that nobody knows", stage.unknown)
    stage.act("fields of tomorrow", stage.with_more_fields)
    return stage.rehearsal


class _Stage:
    def __init__(self, handler: Handler, log: Recording, types: Sequence[str]) -> None:
        self.rehearsal = Rehearsal()
        self.schemas: Mapping[str, Schema] = {}
        self.on_unreadable: Callable[[Unread], None]
        self._handler = handler
        self._log = log
        self._types = types
        self._heard = [e for e in log.events if e.type in types]
        self._act = ""
        self._given: list[Event] = []

    def act(self, name: str, play: Callable[[], None]) -> None:
        self._act, self._given = name, []
        play()
        self.rehearsal.played.append(name)

    def from_the_feeds(self) -> None:
        self._taker().catch_up()
        self._ensure_each_once_in_order()

    def twice(self, chance: random.Random) -> None:
        taker = self._taker()
        waiting = [[e for e in self._heard if e.source == s] for s in sorted({e.source for e in self._heard})]
        while waiting := [events for events in waiting if events]:
            event = chance.choice(waiting).pop(0)
            taker.take(event)
            taker.take(event)
        self._ensure_each_once_in_order()

    def overtaking(self) -> None:
        """Each says what stood before it, so the subscriber reads that first."""
        taker = self._taker()
        for source in sorted({e.source for e in self._heard}):
            own = [e for e in self._heard if e.source == source]
            told = [replace(e, heads=str(before.sequence)) for before, e in pairwise(own)]
            messages = [*own[:1], *told]
            for first in range(0, len(messages), 2):
                for event in reversed(messages[first : first + 2]):
                    taker.take(event)
        self._ensure_each_once_in_order()

    def unknown(self) -> None:
        taker = self._taker()
        for event in self._last_of_each_type():
            for strange in (_newer(event.type), f"{event.source}.nobody_knows_this.v1"):
                try:
                    taker.take(replace(event, id=f"{event.id}-{strange}", type=strange, replayed=True))
                except Unreadable as why:
                    self._report(Unread(headers={}, body=b"{}", reason=str(why)))
        if self._given:
            self._problem(self._given[0], "was given to the handler")

    def with_more_fields(self) -> None:
        taker = self._taker()
        for event in self._last_of_each_type():
            taker.take(replace(event, data={**event.data, "field_of_tomorrow": {"a": [1]}}, replayed=True))

    def _taker(self) -> Taker:
        return Taker(
            handler=self._handle,
            types=self._types,
            feeds=self._log,
            checkpoint=_Forgetful(),
            schemas=self.schemas,
            on_unreadable=self._report,
            pauses=_no_pause,
            breathe=lambda: None,
        )

    def _handle(self, event: Event) -> None:
        self._given.append(event)
        try:
            self._handler(event)
        except Exception as fault:  # noqa: BLE001  (every problem is told at once)
            self._problem(event, f"raised {type(fault).__name__}: {fault}")

    def _report(self, unread: Unread) -> None:
        try:
            self.on_unreadable(unread)
        except Exception as fault:  # noqa: BLE001  (as above)
            self.rehearsal.problems.append(f"{self._act}: on_unreadable raised {type(fault).__name__}: {fault}")

    def _ensure_each_once_in_order(self) -> None:
        for source in {e.source for e in self._heard}:
            wanted = [e.sequence for e in self._heard if e.source == source]
            given = [e.sequence for e in self._given if e.source == source]
            if wanted != given:
                self.rehearsal.problems.append(f"{self._act}: of {source} came {given}, not {wanted}")

    def _last_of_each_type(self) -> list[Event]:
        return list({e.type: e for e in self._heard}.values())

    def _problem(self, event: Event, what: str) -> None:
        self.rehearsal.problems.append(f"{self._act}: {event.type} {event.sequence} of {event.source} {what}")


class _Forgetful:
    """Each act begins anew."""

    def load(self) -> Mapping[str, int]:
        return {}

    def save(self, positions: Mapping[str, int]) -> None:
        pass


def golden(folder: Path) -> list[dict[str, Any]]:
    """The golden examples of a folder as events, each publisher's in the order of their names."""
    found: list[dict[str, Any]] = []
    for number, file in enumerate(sorted(folder.glob("*.json")), 1):
        data = json.loads(file.read_text(encoding="utf-8"))
        found.append(
            {
                "id": str(UUID(int=number)),
                "type": file.stem,
                "source": publisher_of(file.stem),
                "subject": str(next(iter(data.values()), "")),
                "sequence": str(number),
                "time": datetime(2014, 5, 6, tzinfo=UTC).isoformat(),
                "data": data,
            }
        )
    return found


def recorded(file: Path) -> list[dict[str, Any]]:
    """The events of a file: pages of a feed or lists of events, one or several after one another."""
    text, found, decoder = file.read_text(encoding="utf-8").strip(), list[dict[str, Any]](), json.JSONDecoder()
    while text:
        page, end = decoder.raw_decode(text)
        found += page if isinstance(page, list) else page.get("events", [page])
        text = text[end:].strip()
    return found


def main(arguments: Sequence[str]) -> int:
    """0 when the handler is fit."""
    parser = argparse.ArgumentParser(prog="python -m shenbao_subscriber.rehearsal", description="Rehearses a handler.")
    parser.add_argument("handler", help="module:function that takes an Event")
    parser.add_argument("recordings", nargs="+", type=Path, help="files of a feed, folders of golden examples")
    parser.add_argument("--types", default="", help="what is heard, comma-separated; default: all that is recorded")
    parser.add_argument("--state", help="module:function that answers what the handler has brought about")
    asked = parser.parse_args(arguments)
    types = asked.types.split(",") if asked.types else ()
    state = _named(asked.state) if asked.state else None
    fit = True
    for place in asked.recordings:
        entries = golden(place) if place.is_dir() else recorded(place)
        rehearsal = rehearse(_named(asked.handler), entries, types=types, state=state)
        fit = fit and not rehearsal.problems
        lines = rehearsal.problems or [f"fit: {act}" for act in rehearsal.played]
        sys.stdout.write("".join(f"{place}: {line}\n" for line in lines))
    return 0 if fit else 1


def _named(text: str) -> Any:
    sys.path.insert(0, "")
    module, _, name = text.partition(":")
    return getattr(importlib.import_module(module), name)


def _newer(event_type: str) -> str:
    name, _, version = event_type.rpartition(".v")
    return f"{name}.v{int(version) + 1}"


def _no_pause() -> Iterator[None]:
    while True:
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
