"""The suite's people and pages. The suite itself comes from the plugin that the package shenbao-stack brings."""

import pytest

from shenbao_stack.browsing import browser, desk
from shenbao_stack.demo.town import Town
from shenbao_stack.world import World

__all__ = ["browser", "desk", "town"]

# A repository of its own, which test_example_suite.py runs as a stranger: in this run it would move everybody's clock.
collect_ignore = ["example-suite"]


@pytest.fixture(scope="session")
def town(world: World) -> Town:
    """The world with a programme and a bureau."""
    return Town(world)
