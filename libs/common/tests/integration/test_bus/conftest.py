"""The bus between a publisher and a listener, each on a database of its own."""

from collections.abc import Iterator

import pytest

from shenbao_common.testing.bus import Counter, Listener
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.rabbit import broker, mortal_rabbit, rabbit

__all__ = ["broker", "mortal_rabbit", "rabbit"]


@pytest.fixture(scope="session")
def bus_databases(postgres: Cluster) -> tuple[str, str]:
    """Addresses of the publisher's and the listener's; making databases is slow, so all tests share these two."""
    made = postgres.create_database("counter"), postgres.create_database("listener")
    Counter(made[0]).close()
    Listener(made[1]).close()
    return made


@pytest.fixture
def counter(bus_databases: tuple[str, str]) -> Iterator[Counter]:
    found = Counter(bus_databases[0], made=True)
    found.clear()
    yield found
    found.close()


@pytest.fixture
def listener(bus_databases: tuple[str, str]) -> Iterator[Listener]:
    found = Listener(bus_databases[1], made=True)
    found.clear()
    yield found
    found.close()
