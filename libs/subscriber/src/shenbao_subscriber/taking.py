"""Takes events, whatever brought them: each publisher's in order, what was taken before never again."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shenbao_subscriber.checkpoint import Checkpoint
from shenbao_subscriber.event import Event, Unread, Unreadable, from_structured, last_heard, publisher_of
from shenbao_subscriber.feeds import PAGE, FeedAway, Page
from shenbao_subscriber.schemas import Schema, check

_log = logging.getLogger("shenbao_subscriber")


class PublisherReset(Exception):
    """A publisher's log ends before the checkpoint: it is another database, or an older one was restored.

    Going on would skip its next events as known, so a person has to decide from where.
    """


class Source(Protocol):
    """Where the past is read: the feeds, or a recording of them."""

    def read(self, source: str, after: int, types: Sequence[str]) -> Page: ...


class Stopped(Exception):
    """The subscriber was stopped while something waited to be tried again; that has not happened."""


@dataclass(kw_only=True)
class Taker:
    """pauses: yields after the wait before each next try of what failed, each longer; raises Stopped.

    breathe: called between events of a feed, which can be many; keeps the connection alive, raises Stopped.
    """

    handler: Callable[[Event], None]
    types: Sequence[str]
    feeds: Source
    checkpoint: Checkpoint
    schemas: Mapping[str, Schema]
    on_unreadable: Callable[[Unread], None]
    pauses: Callable[[], Iterator[None]]
    breathe: Callable[[], None]
    _positions: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._positions = dict(self.checkpoint.load())

    def take(self, event: Event) -> None:
        """Handled, known already, or a watermark, when this returns.

        Raises PublisherReset, Stopped, and Unreadable: then the position was passed, and the message has to be kept.
        """
        fault = self._fault(event)
        if event.replayed:
            if not fault:  # somebody asked for it again: neither known nor a step forward
                self._until_done(lambda: self.handler(event))
        elif event.sequence > self._position(event.source):
            self._make_whole(event)
            if event.sequence > self._position(event.source):  # the feed may have brought it as well
                if not fault and not event.is_watermark:
                    self._until_done(lambda: self.handler(event))
                self._move(event.source, event.sequence)
        if fault:
            raise Unreadable(fault)

    def catch_up(self) -> None:
        """Reads every feed that answers to its end. Raises PublisherReset and Stopped."""
        for source in dict.fromkeys(map(publisher_of, self.types)):
            self._catch_up(source)

    def report(self, unread: Unread) -> None:
        self._until_done(lambda: self.on_unreadable(unread))

    def _fault(self, event: Event) -> str:
        """Why an event cannot be given to the handler; "" when it can."""
        if event.is_watermark:
            return ""
        if event.type not in self.types:
            return "nobody here listens to this type"
        try:
            check(event.data, self.schemas.get(event.type, {}))
        except Unreadable as why:
            return str(why)
        return ""

    def _make_whole(self, event: Event) -> None:
        """Returns when all that was told and is heard before this event was taken; order goes before speed."""
        needed = last_heard(event, self.types)
        if needed <= self._position(event.source):
            return
        _log.warning("events of %s up to %d did not come, reading its feed", event.source, needed)
        pauses = self.pauses()
        while not (self._catch_up(event.source) and needed <= self._position(event.source)):
            next(pauses)

    def _catch_up(self, source: str) -> bool:
        """Takes what the feed has beyond the checkpoint; False when it cannot be read now."""
        types = [name for name in self.types if publisher_of(name) == source]
        while True:
            position = self._position(source)
            try:
                page = self.feeds.read(source, position, types)
            except FeedAway as away:
                _log.warning("feed away: %s", away)
                return False
            if page.watermark < position:
                raise PublisherReset(f"{source} has come to {page.watermark}, this subscriber had come to {position}")
            for entry in page.entries:
                self.breathe()
                self._take_entry(entry)
            self._move(source, page.next)
            if len(page.entries) < PAGE:
                return True

    def _take_entry(self, entry: object) -> None:
        try:
            event = from_structured(entry)
            if fault := self._fault(event):
                raise Unreadable(fault)
        except Unreadable as why:
            # Nothing is lost: the publisher's log keeps it.
            self.report(Unread(headers={}, body=json.dumps(entry, ensure_ascii=False).encode(), reason=str(why)))
            return
        self._until_done(lambda: self.handler(event))
        self._move(event.source, event.sequence)

    def _position(self, source: str) -> int:
        return self._positions.get(source, 0)

    def _move(self, source: str, position: int) -> None:
        if position > self._position(source):
            self._positions[source] = position
            self._until_done(lambda: self.checkpoint.save(self._positions))

    def _until_done(self, act: Callable[[], None]) -> None:
        """Tries until it succeeds: what comes later has to wait, else there were no order."""
        pauses = self.pauses()
        while True:
            try:
                act()
                return
            except Exception:  # noqa: BLE001  (whatever it is: nothing may be skipped because of it)
                _log.exception("failed, will be tried again")
            next(pauses)
