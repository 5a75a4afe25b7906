"""The running suite and its people: `world` on one process, `split_world` on processes that a test may kill."""

from shenbao_stack.testing import split_stack, split_world, stack, world

__all__ = ["split_stack", "split_world", "stack", "world"]
