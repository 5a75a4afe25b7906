"""What the broker brought, one by one: ours, unknown, unreadable, a watermark? And was anything lost before it?"""

from collections.abc import Sequence
from typing import Any

import structlog

from shenbao_common.bus import topology
from shenbao_common.bus.envelope import Envelope, Unreadable
from shenbao_common.bus.faults import UnknownType, reason
from shenbao_common.bus.heads import last_heard
from shenbao_common.bus.healing import Healer
from shenbao_common.bus.intake import Intake
from shenbao_common.bus.putting_off import Raw
from shenbao_common.bus.subscriptions import Subscriptions

_log = structlog.get_logger()

_WAITS_FOR_FEED = "something before it was lost, and the publisher's feed cannot be read yet"


class Sorter:
    """Keeps, for the time of one connection, how far each publisher has been followed.

    broken: publishers of which something was lost and whose feed was away when it was noticed. Their events are put
    off, unhandled, until the feed answers: order before speed.
    """

    def __init__(self, subscriptions: Subscriptions, intake: Intake, healer: Healer) -> None:
        self._subscriptions = subscriptions
        self._heard = frozenset(subscriptions.types)
        self._intake = intake
        self._healer = healer
        self._positions: dict[str, int] = {}
        self._run: list[Envelope] = []
        self._moved: dict[str, int] = {}
        self.broken: set[str] = set()

    def heal_all(self) -> None:
        for source in self._subscriptions.sources:
            self._heal(source)

    def mend(self) -> None:
        """Tries the feeds of broken publishers again."""
        for source in tuple(self.broken):
            self._heal(source)

    def take(self, messages: Sequence[Any]) -> None:
        """Everything in these messages is handled, put off or parked when this returns."""
        for message in messages:
            raw = Raw(message.headers, _bytes(message.body))
            try:
                envelope = Envelope.from_message(raw.headers, raw.body)
                self._sort(envelope, given_up=message.delivery_info["exchange"] == topology.DEAD)
            except Unreadable as why:
                self._flush()
                self._intake.park_unreadable(raw, reason(why))
        self._flush()

    def _sort(self, envelope: Envelope, *, given_up: bool) -> None:
        source = envelope.source
        if given_up:
            self._park(envelope, "given up by the broker")
        elif envelope.is_watermark:
            if self._is_whole(envelope):
                self._follow(source, envelope.position)
        elif envelope.type not in self._heard:
            self._park(envelope, reason(UnknownType(envelope.type)))
        elif self._is_whole(envelope):
            self._run.append(envelope)
            self._follow(source, envelope.position)
        else:
            self._flush()
            self._intake.put_off([envelope], _WAITS_FOR_FEED)

    def _is_whole(self, envelope: Envelope) -> bool:
        """Has everything heard been taken in that its publisher told before this? Heals what has not."""
        source = envelope.source
        if source not in self._positions:
            self._positions[source] = self._healer.position(source)
        needed = last_heard(envelope.heads, source, self._heard)
        if needed <= self._positions[source]:
            return True
        _log.warning("events_missing", source=source, known=self._positions[source], needed=needed)
        self._flush()
        return self._heal(source) and needed <= self._positions[source]

    def _heal(self, source: str) -> bool:
        reached = self._healer.heal(source)
        if reached is None:
            self._positions.setdefault(source, self._healer.position(source))
            self.broken.add(source)
            return False
        self._positions[source] = reached
        self.broken.discard(source)
        return True

    def _follow(self, source: str, position: int) -> None:
        if position > self._positions.get(source, 0):
            self._positions[source] = position
            self._moved[source] = position

    def _park(self, envelope: Envelope, why: str) -> None:
        self._flush()
        self._intake.park(envelope, why, 0)

    def _flush(self) -> None:
        """Hands on, in one transaction, what has been found whole so far."""
        if self._run or self._moved:
            self._intake.take(self._run, self._moved)
            self._run, self._moved = [], {}


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
