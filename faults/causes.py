"""The faults, each a function of a running suite that takes about so many seconds."""

import random
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import kombu
import sqlalchemy as sa

from shenbao_common.bus import feed
from shenbao_common.testing.bus import publish, publish_raw
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_stack.nursery import Nursery
from shenbao_stack.services import SERVICES, variable
from shenbao_stack.stack import Stack

_QUEUE = "review.inbox"
_POISON = "applications.submitted.v1"


@dataclass(frozen=True)
class Scene:
    """What a fault may touch; pause: waits so many seconds."""

    stack: Stack
    nursery: Nursery
    broker: PrivateRabbit
    seconds: float

    def pause(self, seconds: float) -> None:
        threading.Event().wait(seconds)


def killed(kind: str) -> Callable[[Scene], None]:
    """Every process of a kind, one after the other, by SIGKILL."""

    def act(at: Scene) -> None:
        names = [name for name in at.stack.processes if name.endswith(f".{kind}")]
        for name in names:
            at.stack.kill(name)
            at.pause(at.seconds / len(names))

    return act


def broker_stopped(at: Scene) -> None:
    at.broker.stop()
    at.pause(at.seconds)
    at.broker.start()


def broker_killed(at: Scene) -> None:
    at.pause(at.seconds / 2)
    at.broker.kill9()
    at.broker.start()
    at.pause(at.seconds / 2)


def database_restarted(at: Scene) -> None:
    at.pause(at.seconds / 2)
    at.nursery.restart_database()
    at.pause(at.seconds / 2)


def service_down(at: Scene) -> None:
    names = [f"review.{part}" for part in ("web", "worker", "relay")]
    for name in names:
        at.stack.hold(name)
    at.pause(at.seconds)
    for name in names:
        at.stack.release(name)


def everything_twice(at: Scene) -> None:
    at.pause(at.seconds)
    for service in SERVICES:
        engine = sa.create_engine(at.stack.environment[variable(service, "DATABASE_URL")], poolclass=sa.NullPool)
        with sa.orm.Session(engine) as session:
            told = feed.read(session, 0, 100_000).events
        for envelope in told:
            publish(at.broker.url, envelope)


def reordered(at: Scene) -> None:
    """What waits in a queue comes in another order. It is what a broker does that gives messages back."""
    at.stack.hold("review.worker")
    at.pause(at.seconds)
    waiting: list[Any] = []
    # A queue with a single active consumer gives nothing to basic.get.
    with kombu.Connection(at.broker.url) as connection:
        queue = kombu.Queue(_QUEUE, no_declare=True)
        consumer = kombu.Consumer(connection, [queue], on_message=waiting.append, no_ack=True, auto_declare=False)
        with consumer, suppress(TimeoutError):
            while True:
                connection.drain_events(timeout=1)
    random.Random(1).shuffle(waiting)
    for message in waiting:
        publish_raw(at.broker.url, _QUEUE, message.headers, message.body, exchange="")
    at.stack.release("review.worker")


def poison(at: Scene) -> None:
    """What is no event is parked, and those behind it go on."""
    publish_raw(at.broker.url, _POISON, {"cloudEvents:id": "x"}, b"{")
    at.pause(at.seconds)


def disk_alarm(at: Scene) -> None:
    free = shutil.disk_usage("/").free
    at.broker.control("set_disk_free_limit", str(free * 2))
    at.pause(at.seconds)
    at.broker.control("set_disk_free_limit", "50MB")


FAULTS: dict[str, Callable[[Scene], None]] = {
    "workers-killed": killed("worker"),
    "relays-killed": killed("relay"),
    "webs-killed": killed("web"),
    "broker-stopped": broker_stopped,
    "broker-killed": broker_killed,
    "database-restarted": database_restarted,
    "service-down": service_down,
    "everything-twice": everything_twice,
    "reordered": reordered,
    "poison": poison,
    "disk-alarm": disk_alarm,
}
