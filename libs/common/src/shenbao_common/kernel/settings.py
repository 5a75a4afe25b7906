"""What a command that needs little is told by its environment."""

import os


def needed(name: str) -> str:
    """The value of a variable; without it the process ends with a sentence instead of a traceback."""
    if value := os.environ.get(name):
        return value
    raise SystemExit(f"set {name} in the environment; see docs/operations.md, Settings")
