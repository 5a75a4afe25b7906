"""Heads: what makes loss visible to a listener that hears only some of a publisher's types.

Positions count all events of a publisher, so a jump between two that a listener hears is the rule and says nothing.
Therefore each message also says where every type of the publisher stood before it, as text:

    1200;submitted.v1=1201;saved.v1=1203

is "types not named stood at 1200 or before". A listener compares the types it hears with the position it has followed
the publisher to: any beyond that was lost or overtaken on the way. It needs the feed then, and only then.
"""

from collections.abc import Collection

from shenbao_common.bus.envelope import Unreadable


class Heads:
    """The publisher's side: the last position of every type since the relay's start."""

    def __init__(self, floor: int) -> None:
        self._floor = floor
        self._last: dict[str, int] = {}

    def text(self) -> str:
        return ";".join([str(self._floor), *(f"{fact}={at}" for fact, at in self._last.items())])

    def passed(self, event_type: str, position: int) -> None:
        """Notes that the event of this type at this position was sent."""
        self._last[event_type.split(".", 1)[1]] = position


def last_heard(text: str, source: str, heard: Collection[str]) -> int:
    """The position up to which a listener of the `heard` types must have come before the message with these heads."""
    if not text:
        return 0
    floor, *named = text.split(";")
    try:
        pairs = [(fact, int(at)) for fact, at in (entry.split("=") for entry in named)]
        return max([int(floor), *(at for fact, at in pairs if f"{source}.{fact}" in heard)])
    except ValueError as wrong:
        raise Unreadable("wrong heads") from wrong
