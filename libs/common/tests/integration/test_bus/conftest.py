"""The bus between a publisher and a listener, each on a database of its own."""

from collections.abc import Iterator

import pytest

from shenbao_common.testing.bus import Counter, Listener
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.rabbit import broker, mortal_rabbit, rabbit

__all__ = ["broker", "mortal_rabbit", "rabbit"]


@pytest.fixture
def counter(postgres: Cluster) -> Iterator[Counter]:
    made = Counter(postgres.create_database("counter"))
    yield made
    made.close()


@pytest.fixture
def listener(postgres: Cluster) -> Iterator[Listener]:
    made = Listener(postgres.create_database("listener"))
    yield made
    made.close()
