"""Publishing with confirms in flight: py-amqp waits for each one, which costs a round trip an event (EVENTS 8)."""

import time
from collections.abc import Sequence
from typing import Any

import kombu

from shenbao_common.bus import topology
from shenbao_common.bus.envelope import WATERMARK
from shenbao_common.bus.heads import Heads
from shenbao_common.bus.stamping import Entry
from shenbao_common.bus.wire import Writer
from shenbao_common.kernel import clock, ids

CONFIRM_SECONDS = 30.0
"""A broker that confirms nothing for so long is taken for dead, and its connection dropped."""

HEARTBEAT = 10

_GATHERED = 64 * 1024
"""Bytes in one write: a write for each message is a call of the system, a packet and a wake-up of the broker."""


class Refused(Exception):
    """The broker refused events from this position on: a listener's queue is full."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Publisher:
    """One connection, one channel; entries go out in order, and are settled when all before them are confirmed."""

    def __init__(self, url: str, source: str, position: int) -> None:
        self.source = source
        self.returned = 0
        self._connection = kombu.Connection(url, connect_timeout=2, heartbeat=HEARTBEAT)
        try:
            self._connection.connect()
            self._channel = self._connection.channel()
            topology.declare_exchange(self._channel)
            self._confirm()
        except BaseException:
            self.close()
            raise
        amqp = self._connection.connection
        self._writer = Writer(source, self._channel.channel_id, amqp.frame_max)
        self._heads = Heads(position)
        self._tag = 0
        self._open: dict[int, Entry | None] = {}
        self._refused: list[int] = []
        self._answered_at = time.monotonic()

    @property
    def open(self) -> int:
        """Messages that the broker has not answered for."""
        return len(self._open)

    def send(self, entries: Sequence[Entry]) -> None:
        """Hands entries to the broker without waiting."""
        if not self._open:
            self._answered_at = time.monotonic()
        gathered, size, heads = [], 0, self._heads
        for entry in entries:
            self._tag += 1
            self._open[self._tag] = entry
            frames = self._writer.frames(entry, heads.text())
            heads.passed(entry.type, entry.position)
            gathered.append(frames)
            size += len(frames)
            if size >= _GATHERED:
                self._write(gathered)
                gathered, size = [], 0
        self._write(gathered)

    def _write(self, gathered: list[bytes]) -> None:
        self._connection.connection.transport.write(b"".join(gathered))

    def settle(self, in_flight: int, seconds: float) -> bool:
        """Waits until at most so many are not confirmed yet; False when that takes longer.

        Raises Refused when the broker refused any; everything in flight has had its answer then. Raises TimeoutError
        when nothing at all is confirmed for CONFIRM_SECONDS.
        """
        until = time.monotonic() + seconds
        while len(self._open) > (0 if self._refused else in_flight):
            now = time.monotonic()
            if now > until:
                return False
            if now - self._answered_at > CONFIRM_SECONDS:
                raise TimeoutError("no confirms")
            self._drain(until - now)
        if self._refused:
            position = min(self._refused)
            self._refused.clear()
            raise Refused(position)
        return True

    def tell_position(self, position: int) -> None:
        """Sends the watermark: a sign of life that shows a listener what it should have heard by now."""
        self._tag += 1
        self._open[self._tag] = None
        kind = f"{self.source}.{WATERMARK}"
        entry = Entry(ids.uuid7(), kind, self.source, 0, clock.now(), "", "{}", position)
        self._write([self._writer.frames(entry, self._heads.text(), mandatory=False)])

    def rewind(self, position: int) -> None:
        """What comes after this position is going to be sent again."""
        self._heads = Heads(position)

    def beat(self) -> None:
        """Keeps the connection alive, and notices when it is not."""
        self._connection.heartbeat_check()
        self._drain(0.0)

    def close(self) -> None:
        self._connection.collect()

    def _confirm(self) -> None:
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)

    def _drain(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=max(0.001, seconds))
        except TimeoutError:
            return
        self._answered_at = time.monotonic()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._answered(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        refused = self._answered(tag, multiple)
        self._refused += [entry.position for entry in refused if entry is not None]

    def _on_return(self, *_args: Any) -> None:
        # No queue for it now. The feed has it; whoever declares a queue reads there what went before.
        self.returned += 1

    def _answered(self, tag: int, multiple: bool) -> list[Entry | None]:
        if not multiple:
            return [self._open.pop(tag, None)]
        answered = []
        for earlier in list(self._open):
            if earlier > tag:
                break
            answered.append(self._open.pop(earlier))
        return answered
