"""Every event is promised, shown by an example, told by its publisher and heard by somebody."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from shenbao_common.contracts import catalogue, promise
from shenbao_common.contracts.consumers import consumers
from shenbao_common.contracts.event import Event
from shenbao_stack import inspection

each_event = pytest.mark.parametrize("event_type", catalogue.ALL, ids=lambda e: e.type)


@each_event
def test_an_event_has_an_example_that_keeps_its_shape(event_type: type[Event]) -> None:
    example = catalogue.example(event_type)
    assert event_type.from_wire(example).to_wire() == example


@each_event
def test_an_event_is_promised_in_its_present_shape(event_type: type[Event]) -> None:
    assert promise.promised()[event_type.type] == catalogue.shape(event_type)


def test_no_promise_is_broken() -> None:
    problems = promise.broken(promise.promised(), promise.present())
    assert not problems, "\n".join(problems)  # whole: pytest would cut the list after the first


@each_event
def test_an_event_is_told_by_its_publisher(root: Path, event_type: type[Event]) -> None:
    package = root / "services" / event_type.publisher() / "src"
    assert any(event_type.__name__ in _names(module) for module in package.rglob("*.py"))


@each_event
def test_an_event_is_heard_by_somebody(root: Path, event_type: type[Event], heard: Mapping[str, list[str]]) -> None:
    """By a service, or by a listener outside the suite that wrote down what it needs of it."""
    outside = [c for c in consumers(root / "contracts" / "consumers") if event_type.type in c.events]
    assert heard.get(event_type.type) or outside


def test_whatever_is_listened_to_is_in_the_catalogue(heard: Mapping[str, list[str]]) -> None:
    assert set(heard) <= set(catalogue.BY_TYPE)


def test_no_service_listens_to_itself(heard: Mapping[str, list[str]]) -> None:
    assert [t for t, services in heard.items() if catalogue.BY_TYPE[t].publisher() in services] == []


@pytest.fixture(scope="module")
def heard(apps: dict[str, Flask]) -> dict[str, list[str]]:
    return inspection.listeners(apps)


def _names(module: Path) -> set[str]:
    """What a module's code speaks of, imports aside."""
    nodes = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    return {n.id if isinstance(n, ast.Name) else n.attr for n in nodes if isinstance(n, ast.Name | ast.Attribute)}
