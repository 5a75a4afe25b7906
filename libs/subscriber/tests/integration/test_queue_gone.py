"""The queue itself is lost, on a real RabbitMQ: deleted by somebody, or dead after a crash of its node."""

import logging
from typing import Any

import kombu
import pytest

from shenbao_common.bus import topology
from shenbao_common.testing.bus import Counter
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import depth
from shenbao_common.testing.service import eventually

STOP = "ra:stop_server(quorum_queues, {'%2F_my-system', node()})."
"""What a crash soon after the declaration leaves: a queue that is known, and that nobody answers for."""


def test_a_queue_that_is_deleted_under_it_is_made_anew_and_nothing_is_missed(
    queues: str, counter: Counter, system: Any
) -> None:
    with counter.relay(queues), system.listening(queues):
        counter.raise_counter("a", 1)
        eventually(lambda: system.numbers() == [1])
        with kombu.Connection(queues) as connection:
            connection.channel().queue_delete("my-system")
        counter.raise_counter("a", 2)
        eventually(lambda: system.numbers() == [1, 2])
        eventually(lambda: depth(queues, "my-system") == 0)
        asked = system.api.feed_reads
        counter.raise_counter("a", 3)
        eventually(lambda: system.numbers() == [1, 2, 3])
        assert system.api.feed_reads == asked, "it came by the new queue"


def test_a_dead_queue_of_its_own_is_replaced(
    mortal_rabbit: PrivateRabbit, queues: str, counter: Counter, system: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with system.listening(mortal_rabbit.url):
        eventually(lambda: depth(mortal_rabbit.url, "my-system") == 0)
    mortal_rabbit.control("eval", STOP)
    counter.raise_counter("a", 1)
    caplog.set_level(logging.ERROR, "shenbao_subscriber")
    with counter.relay(mortal_rabbit.url), system.listening(mortal_rabbit.url):
        eventually(lambda: system.numbers() == [1], seconds=30)
        eventually(lambda: "queue dead, made anew: my-system: 541 INTERNAL_ERROR" in caplog.text, seconds=30)
        counter.raise_counter("a", 2)
        eventually(lambda: system.numbers() == [1, 2], seconds=30)
        eventually(lambda: depth(mortal_rabbit.url, "my-system") == 0)
    assert caplog.text.count("queue dead") == 1


def test_without_a_queue_that_somebody_else_makes_it_lives_from_the_feeds_and_says_so(
    queues: str, counter: Counter, system: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "shenbao_subscriber")
    with counter.relay(queues), system.listening(queues, declare=False):
        counter.raise_counter("a", 1)
        eventually(lambda: system.numbers() == [1])
        eventually(lambda: "404 NOT_FOUND - no queue 'my-system'" in caplog.text)
        with kombu.Connection(queues) as connection:
            channel = connection.channel()
            channel.queue_declare("my-system", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            channel.queue_bind("my-system", topology.EXCHANGE, "counter.raised.v1")
        counter.raise_counter("a", 2, 3)
        eventually(lambda: system.numbers() == [1, 2, 3])
        eventually(lambda: depth(queues, "my-system") == 0)
