"""The broker's side: one topic exchange, and for each service one quorum queue and one for what the broker gives up.

The same on RabbitMQ 3.10 and 4. Limits (lengths, message sizes) belong into policies, not here: a policy can change
without the queue being deleted.
"""

from collections.abc import Sequence
from typing import Any

import amqp
import kombu
import structlog

from shenbao_common.bus.envelope import WATERMARK, publisher

EXCHANGE = "shenbao.events"
DEAD = "shenbao.dead"

_QUORUM = {"x-queue-type": "quorum"}
_MANY = 1_000_000  # RabbitMQ 4 gives up after 20 deliveries by default; how often is for the inbox to decide

_PATIENCE = 30.0  # seconds; the broker itself waits five for the queue's last sign of life

_log = structlog.get_logger()


class Mismatch(Exception):
    """A queue or exchange of ours exists with other arguments: a person has to decide."""


def inbox_of(service: str) -> str:
    return f"{service}.inbox"


def parked_of(service: str) -> str:
    return f"{service}.parked"


def declare_exchange(channel: amqp.Channel) -> None:
    """Raises Mismatch."""
    _ours(lambda: channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False), EXCHANGE)


def declare(channel: amqp.Channel, service: str, types: Sequence[str]) -> None:
    """The exchanges, the service's two queues and the bindings of what it hears. Raises Mismatch.

    Bindings that earlier versions of the service left behind stay: an event that nobody here knows is parked, not lost.
    """
    declare_exchange(channel)
    _ours(lambda: channel.exchange_declare(DEAD, "direct", durable=True, auto_delete=False), DEAD)
    _queue(channel, parked_of(service), _QUORUM)
    channel.queue_bind(parked_of(service), DEAD, service)
    _queue(channel, inbox_of(service), _inbox_arguments(service))
    keys = [*types, *(f"{source}.{WATERMARK}" for source in dict.fromkeys(map(publisher, types)))]
    for key in keys:
        channel.queue_bind(inbox_of(service), EXCHANGE, key)


def remove_dead(url: str, queue: str) -> None:
    """Deletes a queue of a service, so that it can be declared anew; what was in it comes from the feeds.

    A single node that is killed soon after a quorum queue was declared can come back with that queue dead: it can be
    declared and says it is empty, but answers no consumer and confirms nothing (EVENTS 4).
    """
    _log.error("queue_dead", queue=queue)
    with kombu.Connection(url, connect_timeout=5, transport_options={"read_timeout": _PATIENCE}) as connection:
        connection.channel().queue_delete(queue)


def _inbox_arguments(service: str) -> dict[str, Any]:
    return {
        **_QUORUM,
        "x-single-active-consumer": True,
        "x-overflow": "reject-publish",
        "x-delivery-limit": _MANY,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
    }


def _queue(channel: amqp.Channel, name: str, arguments: dict[str, Any]) -> None:
    _ours(lambda: channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments), name)


def _ours(declare_it: Any, name: str) -> None:
    try:
        declare_it()
    except amqp.exceptions.PreconditionFailed as other:
        raise Mismatch(
            f"{name} exists on the broker with other arguments than this version declares; "
            f"drain and delete it, or deploy the version that made it ({other.reply_text})"
        ) from other
