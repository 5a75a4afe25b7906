"""A real RabbitMQ for tests: SHENBAO_TEST_BROKER_URL, else a container where testcontainers is installed, else a
private process, else a clear failure.

Fixtures: `rabbit` (one broker a run), `broker` (its address, with nothing of ours on it), `mortal_rabbit` (a private
process that a test may kill and whose disk it may lose).
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from typing import Protocol
from urllib.parse import urlsplit

import amqp
import kombu
import pytest

from shenbao_common.bus import topology
from shenbao_common.testing.private_rabbit import PROGRAMS, START_SECONDS, PrivateRabbit, speaks_amqp

_GONE_SECONDS = 20.0
_IMAGE = "rabbitmq:4-management"
_USER = "shenbao"

SERVICES = ("identity", "units", "applications", "review", "documents", "subscriptions", "counter", "listener", "other")
"""Whose queues `broker` removes: the suite's, and those of the bus's own tests."""


class Broker(Protocol):
    """Something that answers AMQP at `url`."""

    @property
    def url(self) -> str: ...


class GivenBroker:
    """A broker that somebody else runs."""

    def __init__(self, url: str) -> None:
        self.url = url


@pytest.fixture(scope="session")
def rabbit() -> Iterator[Broker]:
    """The broker of this run."""
    if given := os.environ.get("SHENBAO_TEST_BROKER_URL"):
        yield GivenBroker(given)
    elif find_spec("testcontainers") and _docker_answers():
        yield from _in_container()
    else:
        yield from _private()


@pytest.fixture
def broker(rabbit: Broker) -> str:
    """The broker's address; exchanges and queues of earlier tests are gone."""
    clean(rabbit.url)
    return rabbit.url


@pytest.fixture(scope="session")
def mortal_rabbit(request: pytest.FixtureRequest) -> Iterator[PrivateRabbit]:
    """A broker that may be killed: the run's own when it is a private process, else one more."""
    found = request.getfixturevalue("rabbit")
    if isinstance(found, PrivateRabbit):
        yield found
    else:
        yield from _private()


def clean(url: str) -> None:
    """Removes everything of ours from a broker."""
    with kombu.Connection(url) as connection, closing(connection.channel()) as channel:
        for service in SERVICES:
            _delete(channel, topology.inbox_of(service))
            _delete(channel, topology.parked_of(service))
        for exchange in (topology.EXCHANGE, topology.DEAD):
            channel.exchange_delete(exchange)


def _delete(channel: amqp.Channel, queue: str) -> None:
    """A queue whose maker was killed while it was being made is refused for a moment (404, "may be stopping")."""
    deadline = time.monotonic() + _GONE_SECONDS
    while True:
        try:
            channel.queue_delete(queue)
        except amqp.exceptions.NotFound:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def depth(url: str, queue: str) -> int:
    """Messages that are ready in a queue; -1 when there is no such queue."""
    with kombu.Connection(url) as connection, closing(connection.channel()) as channel:
        try:
            return int(channel.queue_declare(queue, passive=True).message_count)
        except amqp.exceptions.NotFound:
            return -1


def _private() -> Iterator[PrivateRabbit]:
    if not (PROGRAMS / "rabbitmq-server").exists():
        pytest.fail(
            "no RabbitMQ for the tests: set SHENBAO_TEST_BROKER_URL, or start a Docker engine (and install "
            "testcontainers), or install the Debian package rabbitmq-server"
        )
    private = PrivateRabbit()
    try:
        yield private.start()
    finally:
        private.close()


def _in_container() -> Iterator[Broker]:
    """A container; where the engine has no such image and cannot get it, a private process."""
    from docker.errors import DockerException  # type: ignore[import-untyped]  # noqa: PLC0415  (asks the engine)
    from testcontainers.core.config import testcontainers_config  # noqa: PLC0415
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415

    testcontainers_config.ryuk_disabled = True  # it is stopped below, and the reaper is one more image
    container = DockerContainer(_IMAGE).with_exposed_ports(5672)
    container = container.with_env("RABBITMQ_DEFAULT_USER", _USER).with_env("RABBITMQ_DEFAULT_PASS", _USER)
    try:
        container.start()
    except DockerException:
        yield from _private()
        return
    try:
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(5672))
        _wait_for(lambda: speaks_amqp(port, host))
        yield GivenBroker(f"amqp://{_USER}:{_USER}@{host}:{port}//")
    finally:
        container.stop()


def _wait_for(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError("RabbitMQ does not answer")
        time.sleep(0.05)


def _docker_answers() -> bool:
    address = urlsplit(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    try:
        if address.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as engine:
                engine.connect(address.path)
        else:
            socket.create_connection((address.hostname, address.port or 2375), 2).close()
    except OSError:
        return False
    return True
