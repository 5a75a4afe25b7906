"""A real RabbitMQ for tests: SHENBAO_TEST_BROKER_URL, else a container, else a private process, else a clear failure.

Fixtures: `rabbit` (one broker a run), `broker` (its address, with nothing of ours on it), `mortal_rabbit` (a private
process that a test may kill and whose disk it may lose).
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import urlsplit

import amqp
import kombu
import pytest

from shenbao_common.bus import topology

_PROGRAMS = Path("/usr/lib/rabbitmq/bin")  # the scripts themselves; the wrappers insist on a user of their own
_LOCALHOST = "127.0.0.1"
_START_SECONDS = 60.0
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


class PrivateRabbit:
    """One node in a temporary folder on random ports with an epmd of its own, so that nothing else is touched.

    kill9 and start again keep the data; wipe loses them. management: with its HTTP API, at `api_url`.
    """

    def __init__(self, *, management: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="shenbao-rabbit-"))
        self.port, dist, self._epmd_port, self._api_port = free_ports(4)
        self._plugins = "[rabbitmq_management]." if management else "[]."
        self._broker: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        for name in ("data", "log", "home"):
            (self._folder / name).mkdir()
        self._configure()
        self._environment = self._variables(dist)

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{_LOCALHOST}:{self.port}//"

    @property
    def api_url(self) -> str:
        return f"http://guest:guest@{_LOCALHOST}:{self._api_port}"

    def start(self) -> Self:
        """Answers when the broker speaks AMQP; that a port accepts says too little."""
        if self._epmd is None:
            self._epmd = self._run(["epmd"])
        self._broker = self._run([str(_PROGRAMS / "rabbitmq-server")])
        deadline = time.monotonic() + _START_SECONDS
        while not _speaks_amqp(self.port):
            if self._broker.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ did not start: {self._last_words()}")
            time.sleep(0.05)
        return self

    def kill9(self) -> None:
        if self._broker is not None:
            self._broker.send_signal(signal.SIGKILL)
            self._broker.wait()

    def wipe(self) -> None:
        """Loses the disk of a broker that is down."""
        if self._broker is not None and self._broker.poll() is None:
            raise RuntimeError("the broker is running")
        shutil.rmtree(self._folder / "data")
        (self._folder / "data").mkdir()

    def stop(self) -> None:
        if self._broker is not None and self._broker.poll() is None:
            self._broker.terminate()
            try:
                self._broker.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill9()

    def close(self) -> None:
        """Ends broker and epmd at once, and leaves nothing behind."""
        self.kill9()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def control(self, *arguments: str) -> str:
        """rabbitmqctl, for what AMQP cannot say (policies)."""
        command = [str(_PROGRAMS / "rabbitmqctl"), *arguments]
        done = subprocess.run(
            command, env=self._environment, cwd=self._folder, capture_output=True, text=True, check=True
        )
        return done.stdout

    def _configure(self) -> None:
        lines = (
            f"listeners.tcp.1 = {_LOCALHOST}:{self.port}",
            "log.file.level = info",
            "disk_free_limit.absolute = 50MB",
            "vm_memory_high_watermark.absolute = 1GB",
            *self._management(),
        )
        (self._folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n", encoding="ascii")
        (self._folder / "enabled_plugins").write_text(f"{self._plugins}\n", encoding="ascii")

    def _management(self) -> tuple[str, ...]:
        if self._plugins == "[].":
            return ()  # the broker knows no settings of a plugin that it does not load
        return (f"management.tcp.ip = {_LOCALHOST}", f"management.tcp.port = {self._api_port}")

    def _variables(self, dist: int) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": _LOCALHOST,
            "RABBITMQ_NODENAME": f"shenbao{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": _LOCALHOST,
            "RABBITMQ_DIST_PORT": str(dist),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",  # not the machine's
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ALLOW_INPUT": "1",  # the script becomes the broker, so that its pid is the broker's
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._folder / "log" / "start.log").open("ab") as log:
            return subprocess.Popen(
                command,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _last_words(self) -> str:
        return (self._folder / "log" / "start.log").read_text(encoding="utf-8", errors="replace")[-800:]


@pytest.fixture(scope="session")
def rabbit() -> Iterator[Broker]:
    """The broker of this run."""
    if given := os.environ.get("SHENBAO_TEST_BROKER_URL"):
        yield GivenBroker(given)
    elif _docker_answers():
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
    if not (_PROGRAMS / "rabbitmq-server").exists():
        pytest.fail(
            "no RabbitMQ for the tests: set SHENBAO_TEST_BROKER_URL, or start a Docker engine, "
            "or install the Debian package rabbitmq-server"
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
        _wait_for(lambda: _speaks_amqp(port, host))
        yield GivenBroker(f"amqp://{_USER}:{_USER}@{host}:{port}//")
    finally:
        container.stop()


def _wait_for(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
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


def _speaks_amqp(port: int, host: str = _LOCALHOST) -> bool:
    try:
        with socket.create_connection((host, port), 1) as connection:
            connection.settimeout(2)
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind((_LOCALHOST, 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
