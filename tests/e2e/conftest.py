"""The running suite and its people: `world` on one process, `split_world` on processes that a test may kill."""

import pytest

from shenbao_common.testing.rabbit import mortal_rabbit, rabbit
from shenbao_stack.browsing import browser, desk
from shenbao_stack.demo.town import Town
from shenbao_stack.testing import split_stack, split_world, stack, world
from shenbao_stack.world import World

__all__ = ["browser", "desk", "mortal_rabbit", "rabbit", "split_stack", "split_world", "stack", "town", "world"]


@pytest.fixture(scope="session")
def town(world: World) -> Town:
    """The world with a programme and a bureau."""
    return Town(world)
