"""User names: letters or digits, unique whatever their case, never changed (S4g-04, S4g-24, S4g-25)."""

import re
from collections.abc import Iterator
from itertools import count

from shenbao_common.kernel.errors import Problem

SHORTEST, LONGEST = 3, 40
_FORM = re.compile(r"[A-Za-z0-9]+", re.ASCII)


def key(username: str) -> str:
    """What is unique: `unitA1` and `UNITa1` are one name."""
    return username.lower()


def is_possible(username: str) -> bool:
    """Whether any account can have this name."""
    return len(username) <= LONGEST and _FORM.fullmatch(username) is not None


def objections(username: str) -> list[Problem]:
    found = []
    if not _FORM.fullmatch(username):
        found.append(Problem("letters_or_digits_only", "username"))
    if len(username) < SHORTEST:
        found.append(Problem("too_short", "username", {"limit": SHORTEST}))
    if len(username) > LONGEST:
        found.append(Problem("too_long", "username", {"limit": LONGEST}))
    return found


def numbered(stem: str) -> Iterator[str]:
    """The names of a batch: the unit's user name plus 1, 2, 3 …"""
    return (f"{stem}{number}" for number in count(1))
