"""What listeners need of events is checked in, is true, and is given to them by whoever tells the events."""

import json
from pathlib import Path

import pytest
from flask import Flask

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.consumers import Consumer, consumers, unmet
from shenbao_stack.reading import fields_read
from shenbao_stack.services import SERVICES

NEEDS = consumers(Path(__file__).resolve().parents[2] / "contracts" / "consumers")


@pytest.mark.parametrize("consumer", NEEDS, ids=lambda c: c.name)
@pytest.mark.parametrize("publisher", sorted({e.publisher() for e in catalogue.ALL}))
def test_a_publisher_tells_what_a_consumer_needs(publisher: str, consumer: Consumer) -> None:
    """Of another system's file too: a publisher that takes away what it reads fails here, before any deployment."""
    own = {name: need for name, need in consumer.events.items() if name.split(".", 1)[0] == publisher}
    problems = unmet(Consumer(consumer.name, own), catalogue.BY_TYPE)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("consumer", NEEDS, ids=lambda c: c.name)
def test_a_consumer_needs_only_events_of_known_publishers(consumer: Consumer) -> None:
    assert set(consumer.events) <= set(catalogue.BY_TYPE)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_checked_in_exactly_the_fields_that_its_handlers_read(apps: dict[str, Flask], service: str) -> None:
    read = fields_read(apps[service].extensions["shenbao"].subscriptions)
    (stated,) = [consumer for consumer in NEEDS if consumer.name == service]
    assert {name: set(need.fields) for name, need in stated.events.items()} == read


def test_a_file_bears_the_name_of_its_consumer(root: Path) -> None:
    for path in (root / "contracts" / "consumers").iterdir():
        assert json.loads(path.read_text(encoding="utf-8"))["consumer"] == path.stem
