"""Reading a chosen part of a publisher's past into a service again: for handlers that came later, or after a repair."""

from dataclasses import dataclass

from shenbao_common.bus.feed import FeedSource
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.subscriptions import Subscriptions, only_heard

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Replayed:
    """read: events that the feed gave; reached: the position up to which it was read."""

    read: int
    reached: int


def replay(
    intake: Intake,
    feed: FeedSource,
    subscriptions: Subscriptions,
    *,
    source: str,
    after: int = 0,
    until: int | None = None,
) -> Replayed:
    """Gives the events after one position, up to another, to their handlers.

    What the inbox has is left alone, so this can be done at any time and twice; what it takes in is flagged there as
    replayed. The position that the service has followed the publisher to does not change.
    """
    types, read = subscriptions.types_of(source), 0
    while True:
        page = feed.read(after, _PAGE, types)
        events = [e for e in only_heard(page.events, types) if until is None or e.position <= until]
        intake.take([event.as_replayed() for event in events], {})
        read += len(events)
        reached = page.next if until is None else min(page.next, until)
        if len(page.events) < _PAGE or reached == until or page.next <= after:
            return Replayed(read, reached)
        after = page.next
