"""Relay and worker as processes, as Prometheus sees them at their own ports."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from shenbao_common.testing.bus import Counter, Listener
from shenbao_common.testing.private_rabbit import free_ports
from shenbao_common.testing.service import eventually


class Measured:
    """A process and its `/metrics`."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self._url = f"http://127.0.0.1:{port}/metrics"

    def value(self, name: str, **labels: str) -> float | None:
        """None before it answers, and of what it has not measured."""
        try:
            answer = httpx.get(self._url).raise_for_status()
        except httpx.TransportError:
            return None
        samples = [s for family in text_string_to_metric_families(answer.text) for s in family.samples]
        return next((s.value for s in samples if s.name == name and labels.items() <= s.labels.items()), None)


@contextmanager
def measured(*command: str, **settings: str) -> Iterator[Measured]:
    (port,) = free_ports(1)
    environment = os.environ | settings | {"SHENBAO_METRICS_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL)
    try:
        yield Measured(process, port)
    finally:
        process.terminate()
        process.wait()


def test_each_process_says_whether_it_is_at_work_and_what_it_has_done(
    broker: str, counter: Counter, listener: Listener
) -> None:
    relay = ("shenbao_common.bus.relay", "counter")
    settings = {"COUNTER_DATABASE_URL": counter.url, "SHENBAO_BROKER_URL": broker}
    with ExitStack() as processes:
        first = processes.enter_context(measured(*relay, **settings))
        worker = processes.enter_context(measured("shenbao_common.testing.bus", listener.url, counter.url, broker))
        eventually(lambda: first.value("shenbao_at_work", service="counter", part="relay") == 1, seconds=30)
        second = processes.enter_context(measured(*relay, **settings))
        eventually(lambda: worker.value("shenbao_at_work", service="listener", part="worker") == 1, seconds=30)

        counter.raise_counter("a", 1, 2, 3)

        heard = {"service": "listener", "source": "counter", "outcome": "handled"}
        eventually(lambda: worker.value("shenbao_events_taken_in_total", **heard) == 3, seconds=30)
        eventually(lambda: first.value("shenbao_events_confirmed_total", service="counter") == 3, seconds=30)
        eventually(lambda: second.value("shenbao_at_work", service="counter", part="relay") == 0, seconds=30)

        first.process.kill()
        eventually(lambda: second.value("shenbao_at_work", service="counter", part="relay") == 1, seconds=30)


def test_without_the_setting_nobody_listens(counter: Counter) -> None:
    settings = {"COUNTER_DATABASE_URL": counter.url, "SHENBAO_METRICS_PORT": "", "SHENBAO_BROKER_URL": ""}
    command = [sys.executable, "-m", "shenbao_common.bus.relay", "counter"]
    counter.raise_counter("a", 1)
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: counter.positions() == [1], seconds=30)
        listening = psutil.Process(process.pid).net_connections("tcp")
        assert [c for c in listening if c.status == psutil.CONN_LISTEN] == []
    finally:
        process.terminate()
        process.wait()
