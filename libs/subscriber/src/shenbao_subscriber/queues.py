"""The subscriber's own queue on the broker."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError, ChannelClosedByBroker, ConnectionClosedByBroker, ProbableAuthenticationError

from shenbao_subscriber.event import publisher_of, watermark_of

EXCHANGE = "shenbao.events"
HEARTBEAT = 30

BROKER_FAULTS = (AMQPError, OSError)

_ACCESS_REFUSED, _PRECONDITION_FAILED, _INTERNAL_ERROR = 403, 406, 541  # reply codes of AMQP 0-9-1

_MANY = 1_000_000  # RabbitMQ 4 gives up after 20 deliveries by default; a handler is retried for as long as it takes


class QueueRefused(Exception):
    """The broker knows no such user, does not let it make its queue, or has the queue with other arguments.

    A person has to decide; somebody else may make the queue, then say declare=False.
    """


class QueueDead(Exception):
    """The queue can be declared but answers no consumer: its node came back from a crash without it, or the members of
    its quorum are gone. What was in it is in the feeds."""


def dead_of(queue: str) -> str:
    """Where unreadable messages are kept."""
    return f"{queue}.dead"


@contextmanager
def connected(url: str) -> Iterator[tuple[BlockingConnection, BlockingChannel]]:
    """A connection with one channel on which one message at a time is on the way.

    One, because what a channel gives back when it closes may come in another order; one message has no order.
    Raises QueueRefused for a wrong name or password, and BROKER_FAULTS.
    """
    # Others write the broker's first virtual host, whose name is /, as a second slash.
    parameters = pika.URLParameters(url.removesuffix("//") + "/%2F" if url.endswith("//") else url)
    parameters.heartbeat = HEARTBEAT
    connection = _connect(parameters)
    try:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=1)
        yield connection, channel
    finally:
        with suppress(*BROKER_FAULTS):
            connection.close()


def _connect(parameters: pika.URLParameters) -> BlockingConnection:
    try:
        return pika.BlockingConnection(parameters)
    except ProbableAuthenticationError as refused:
        # pika supposes the same of a broker that dies during the greeting; only this one said no.
        if f"({_ACCESS_REFUSED})" in str(refused):
            raise QueueRefused(str(refused)) from refused
        raise


def declare(channel: BlockingChannel, queue: str, types: Sequence[str]) -> None:
    """The queue, the one for what cannot be read, and the bindings of what is heard. Raises QueueRefused and
    BROKER_FAULTS; among these, that there is no exchange yet because no publisher ever came.

    The dead letters go through the default exchange, so that a subscriber needs rights on its two queues only, and
    to read from the exchange of events.
    """
    try:
        _declare(channel, queue, types)
    except ChannelClosedByBroker as refused:
        if refused.reply_code in (_ACCESS_REFUSED, _PRECONDITION_FAILED):
            raise QueueRefused(refused.reply_text) from refused
        raise


def _declare(channel: BlockingChannel, queue: str, types: Sequence[str]) -> None:
    channel.queue_declare(dead_of(queue), durable=True, arguments={"x-queue-type": "quorum"})
    arguments = {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-overflow": "reject-publish",
        "x-delivery-limit": _MANY,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_of(queue),
        "x-dead-letter-strategy": "at-least-once",
    }
    channel.queue_declare(queue, durable=True, arguments=arguments)
    for key in (*types, *sorted({watermark_of(publisher_of(name)) for name in types})):
        channel.queue_bind(queue, EXCHANGE, key)


def consuming(channel: BlockingChannel, queue: str, wait: float) -> Iterator[Any]:
    """Messages, and (None, None, None) after each `wait` without one; ends when the queue is deleted.

    Raises QueueDead and BROKER_FAULTS; among these, 404, that there is no such queue.
    """
    messages = channel.consume(queue, inactivity_timeout=wait)
    try:
        first = next(messages, None)
    except ConnectionClosedByBroker as closed:
        if closed.reply_code == _INTERNAL_ERROR:
            raise QueueDead(f"{queue}: {fault(closed)}") from closed
        raise
    if first is not None:
        yield first
        yield from messages


def remove(url: str, queue: str) -> None:
    """Deletes a queue, on a connection of its own. Raises BROKER_FAULTS."""
    with connected(url) as (_, channel):
        channel.queue_delete(queue)


def fault(lost: Exception) -> str:
    """What happened, with the broker's own words where it said some; never an address, which may hold a password."""
    if isinstance(lost, ChannelClosedByBroker | ConnectionClosedByBroker):
        return f"{lost.reply_code} {lost.reply_text}"
    return type(lost).__name__
