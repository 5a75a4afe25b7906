"""The pytest plugin of the house: real servers, services under test, requirement marks in the report."""

import pytest

from shenbao_common.testing.postgres import postgres
from shenbao_common.testing.service import service_factory

__all__ = ["postgres", "service_factory"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Copies the marks `req` into the JUnit report."""
    for item in items:
        for mark in item.iter_markers("req"):
            item.user_properties += [("req", requirement) for requirement in mark.args]
