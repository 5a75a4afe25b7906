"""The suite's people and pages. The suite itself comes from the plugin that the package shenbao-stack brings."""

import pytest

from shenbao_stack.browsing import browser, desk
from shenbao_stack.demo.town import Town
from shenbao_stack.stack import Stack
from shenbao_stack.world import World

__all__ = ["browser", "desk", "town"]


@pytest.fixture(scope="session")
def town(world: World) -> Town:
    """The world with a programme and a bureau."""
    return Town(world)


@pytest.fixture(autouse=True)
def _clock_of_the_machine(request: pytest.FixtureRequest) -> None:
    """The suite that all tests share begins each of them at the machine's time, whatever was tried with it before."""
    if "stack" in request.fixturenames:
        stack: Stack = request.getfixturevalue("stack")
        if not stack.clock.agrees():
            stack.clock.reset()
