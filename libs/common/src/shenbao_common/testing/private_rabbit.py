"""One RabbitMQ node as a process of the test run, which a test may kill and whose disk it may lose."""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from shenbao_common.testing.places import own_folder, usual

PROGRAMS = Path("/usr/lib/rabbitmq/bin")  # the scripts themselves; the wrappers insist on a user of their own
LOCALHOST = "127.0.0.1"
START_SECONDS = 60.0


class PrivateRabbit:
    """One node in a temporary folder on random ports with an epmd of its own, so that nothing else is touched.

    kill9 and start again keep the data; wipe loses them. management: with its HTTP API, at `api_url`.
    """

    def __init__(self, *, management: bool = False) -> None:
        self._kept = ExitStack()
        self._folder = self._kept.enter_context(own_folder(usual()))
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
        return f"amqp://guest:guest@{LOCALHOST}:{self.port}//"

    @property
    def api_url(self) -> str:
        return f"http://guest:guest@{LOCALHOST}:{self._api_port}"

    def start(self) -> Self:
        """Answers when the broker speaks AMQP; that a port accepts says too little."""
        if self._epmd is None:
            self._epmd = self._run(["epmd"])
        self._broker = self._run([str(PROGRAMS / "rabbitmq-server")])
        deadline = time.monotonic() + START_SECONDS
        while not speaks_amqp(self.port):
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
        self._kept.close()

    def control(self, *arguments: str) -> str:
        """rabbitmqctl, for what AMQP cannot say (policies)."""
        command = [str(PROGRAMS / "rabbitmqctl"), *arguments]
        done = subprocess.run(
            command, env=self._environment, cwd=self._folder, capture_output=True, text=True, check=True
        )
        return done.stdout

    def _configure(self) -> None:
        lines = (
            f"listeners.tcp.1 = {LOCALHOST}:{self.port}",
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
        return (f"management.tcp.ip = {LOCALHOST}", f"management.tcp.port = {self._api_port}")

    def _variables(self, dist: int) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": LOCALHOST,
            "RABBITMQ_NODENAME": f"shenbao{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": LOCALHOST,
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


def speaks_amqp(port: int, host: str = LOCALHOST) -> bool:
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
            one.bind((LOCALHOST, 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
