"""Passwords: at least eight characters of three classes, not the user name, not a common one.

Composition is demanded by GB/T 22239-2019 level 3 (8.1.4.1); the list of common ones by ASVS 5.0 V6.2.4.
"""

import secrets
import string
from importlib.resources import files

from shenbao_common.kernel.errors import Problem

SHORTEST, LONGEST = 8, 128
_CLASSES = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())

_COMMON = frozenset((files(__package__) / "common_passwords.txt").read_text(encoding="utf-8").split())
_DECORATION = string.punctuation + string.digits

# Without characters that people confuse when they copy a password from paper.
_LOWER, _UPPER, _DIGITS, _SIGNS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+=%#"
_RANDOM_LENGTH = 12


def objections(password: str, *, username: str, path: str = "password") -> list[Problem]:
    found = []
    if len(password) < SHORTEST:
        found.append(Problem("too_short", path, {"limit": SHORTEST}))
    if len(password) > LONGEST:
        found.append(Problem("too_long", path, {"limit": LONGEST}))
    if sum(any(is_of(c) for c in password) for is_of in _CLASSES) < 3:
        found.append(Problem("too_few_classes", path, {"limit": 3}))
    if username and username.lower() in password.lower():
        found.append(Problem("contains_username", path))
    if _is_common(password):
        found.append(Problem("too_common", path))
    return found


def random_initial() -> str:
    """A one-time password that keeps the rule: one of each class, shuffled among random others."""
    everything = _LOWER + _UPPER + _DIGITS
    some = [secrets.choice(group) for group in (_LOWER, _UPPER, _DIGITS, _SIGNS)]
    some += [secrets.choice(everything) for _ in range(_RANDOM_LENGTH - len(some))]
    secrets.SystemRandom().shuffle(some)
    return "".join(some)


def _is_common(password: str) -> bool:
    # `Password1!` is `password` with decoration.
    lower = password.lower()
    return bool({lower, lower.strip(string.punctuation), lower.strip(_DECORATION)} & _COMMON)
