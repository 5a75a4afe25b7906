"""The bus's depths and ages as Prometheus gauges, read from the database when they are asked for."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from shenbao_common.bus.depths import Depths

_WAITING = {
    "unpublished": "Events told, but not yet confirmed by the broker",
    "deferred": "Events heard that are tried again later",
    "parked": "Events heard that a person has to look at",
}


class _Bus:
    """A prometheus_client collector of one moment."""

    def __init__(self, service: str, found: Depths) -> None:
        self._service = service
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, text in _WAITING.items():
            depth = getattr(self._found, name)
            yield self._gauge(f"shenbao_events_{name}", text, depth.number)
            yield self._gauge(f"shenbao_events_{name}_age_seconds", f"Age of the oldest: {text.lower()}", depth.age)
        yield self._gauge("shenbao_replays_open", "Replays asked for and not finished", self._found.replays)
        position = GaugeMetricFamily("shenbao_events_position", "Last position of a publisher's log", labels=["source"])
        position.add_metric([self._service], self._found.position)
        yield position
        followed = GaugeMetricFamily(
            "shenbao_events_followed", "How far a publisher has been followed", labels=["service", "source"]
        )
        for source, reached in self._found.followed.items():
            followed.add_metric([self._service, source], reached)
        yield followed

    def _gauge(self, name: str, text: str, value: float) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(name, text, labels=["service"])
        gauge.add_metric([self._service], value)
        return gauge


class _Given:
    """A collector of what is measured already."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families


def text(families: Iterable[GaugeMetricFamily]) -> bytes:
    """In Prometheus' text format: what a service measures beside the bus."""
    registry = CollectorRegistry()
    registry.register(_Given(families))
    return generate_latest(registry)


def of_bus(service: str, found: Depths) -> bytes:
    """In Prometheus' text format; in a registry of its own, because several services may share a process."""
    registry = CollectorRegistry()
    registry.register(_Bus(service, found))
    return generate_latest(registry)
