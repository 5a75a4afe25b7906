"""The demo's people, offices, programme and cases, published through the public APIs on the first start."""

from shenbao_stack.screen import Hint
from shenbao_stack.stack import Stack


def seed(stack: Stack) -> None:
    """Called once, when every service answers."""
    del stack


def hints(stack: Stack) -> list[Hint]:
    """Whom one can sign in as; the password was made for this installation."""
    return [Hint("管理员 administrator", "admin", stack.secrets["demo_password"])]
