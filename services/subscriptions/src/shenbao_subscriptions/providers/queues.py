"""Queues of subscribers on the broker: made, filled with confirms in flight, taken away."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import amqp
import kombu

from shenbao_common.bus.envelope import CONTENT_TYPE, HEADER
from shenbao_subscriptions.domain.passwords import VIRTUAL_HOST

_CONFIRM_SECONDS = 30.0
_MANY = 1_000_000  # RabbitMQ 4 gives up after 20 deliveries by default; how often is for the subscriber to decide


@dataclass(frozen=True, slots=True)
class Letter:
    """One message. attributes: those of the CloudEvent, `id` among them; body: its data."""

    queue: str
    attributes: dict[str, Any]
    body: bytes


class Queues:
    """One connection to the subscribers' virtual host. Raises BROKER_FAULTS; is of no use after that."""

    def __init__(self, broker_url: str) -> None:
        address = urlsplit(broker_url)._replace(path=f"/{quote(VIRTUAL_HOST, safe='')}").geturl()
        self._connection = kombu.Connection(address, connect_timeout=5, heartbeat=10)
        try:
            self._connection.connect()
            self._channel: Any = self._connection.channel()
            self._channel.confirm_select()
        except BaseException:
            self.close()
            raise
        self._tag = 0
        self._open: dict[int, Letter] = {}
        self._refused: set[str] = set()
        self._channel.events["basic_ack"].add(lambda tag, multiple: self._answered(tag, multiple, taken=True))
        self._channel.events["basic_nack"].add(lambda tag, multiple: self._answered(tag, multiple, taken=False))
        self._channel.events["basic_return"].add(self._returned)

    def make(self, name: str) -> None:
        """As libs/subscriber would declare them: what is rejected goes to `<name>.dead`."""
        self._channel.queue_declare(f"{name}.dead", durable=True, auto_delete=False, arguments=_QUORUM)
        arguments = {
            **_QUORUM,
            "x-single-active-consumer": True,
            "x-overflow": "reject-publish",
            "x-delivery-limit": _MANY,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{name}.dead",
            "x-dead-letter-strategy": "at-least-once",
        }
        self._channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)

    def remove(self, name: str) -> None:
        for queue in (name, f"{name}.dead"):
            self._channel.queue_delete(queue)

    def put(self, letters: Sequence[Letter]) -> set[str]:
        """Sends all, waits for the broker's answers; answers the ids of those that it did not take."""
        self._refused = set()
        for letter in letters:
            self._tag += 1
            self._open[self._tag] = letter
            self._channel.basic_publish(_message(letter), exchange="", routing_key=letter.queue, mandatory=True)
        until = time.monotonic() + _CONFIRM_SECONDS
        while self._open:
            if time.monotonic() > until:
                raise TimeoutError("no confirms")
            self._drain(1.0)
        return self._refused

    def beat(self) -> None:
        """Keeps the connection alive, and notices when it is not."""
        self._connection.heartbeat_check()
        self._drain(0.001)

    def close(self) -> None:
        self._connection.collect()

    def _drain(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError:
            return

    def _answered(self, tag: int, multiple: bool, *, taken: bool) -> None:
        for one in [t for t in self._open if t <= tag] if multiple else [tag]:
            letter = self._open.pop(one, None)
            if letter is not None and not taken:
                self._refused.add(letter.attributes["id"])

    def _returned(self, *arguments: Any) -> None:
        """No such queue: somebody deleted it. The return comes before the confirm."""
        message = arguments[-1]
        self._refused.add(message.properties["message_id"])


_QUORUM = {"x-queue-type": "quorum"}


def _message(letter: Letter) -> amqp.Message:
    return amqp.Message(
        letter.body,
        content_type=CONTENT_TYPE,
        delivery_mode=2,
        message_id=letter.attributes["id"],
        application_headers={HEADER + name: value for name, value in letter.attributes.items()},
    )
