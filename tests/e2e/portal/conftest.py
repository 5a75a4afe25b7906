"""A browser for the portal's tests; people and offices come from the world and the town of the journeys."""

from shenbao_stack.browsing import browser, desk

__all__ = ["browser", "desk"]
