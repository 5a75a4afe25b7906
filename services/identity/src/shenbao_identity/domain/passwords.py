"""Passwords: at least eight characters, mixed as the profile of the installation says, not a common one.

Composition is demanded by GB/T 22239-2019 level 3 (8.1.4.1); the list of common ones by ASVS 5.0 V6.2.4.
"""

import secrets
import string
from importlib.resources import files

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from shenbao_common.kernel.errors import Problem

SHORTEST, LONGEST = 8, 128

_COMMON = frozenset((files(__package__) / "common_passwords.txt").read_text(encoding="utf-8").split())
_BREACHED = frozenset(FREQUENCY_LISTS["passwords"])
"""The 30,000 passwords that turn up most in breaches, as the library zxcvbn ships them; asked of nobody."""
_DECORATION = string.punctuation + string.digits

# Without characters that people confuse when they copy a password from paper.
_LOWER, _UPPER, _DIGITS, _SIGNS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+=%#"
_RANDOM_LENGTH = 12


def objections(password: str, *, username: str, path: str = "password", profile: str = "mlps3") -> list[Problem]:
    found = []
    if len(password) < SHORTEST:
        found.append(Problem("too_short", path, {"limit": SHORTEST}))
    if len(password) > LONGEST:
        found.append(Problem("too_long", path, {"limit": LONGEST}))
    found += _MIXTURES[profile](password, path)
    if username and username.lower() in password.lower():
        found.append(Problem("contains_username", path))
    if _is_common(password):
        found.append(Problem("too_common", path))
    return found


def _letters_digits_signs(password: str, path: str) -> list[Problem]:
    sorts = (str.isalpha, str.isdigit, lambda c: not c.isalnum())
    has_all = all(any(is_of(c) for c in password) for is_of in sorts)
    return [] if has_all else [Problem("letters_digits_signs", path)]


def _letters_and_digits(password: str, path: str) -> list[Problem]:
    has_both = any(c.isalpha() for c in password) and any(c.isdigit() for c in password)
    return [] if has_both else [Problem("letters_and_digits", path)]


def _any_mixture(_password: str, _path: str) -> list[Problem]:
    return []


_MIXTURES = {"mlps3": _letters_digits_signs, "asvs": _any_mixture, "legacy": _letters_and_digits}


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
    return lower in _BREACHED or bool({lower, lower.strip(string.punctuation), lower.strip(_DECORATION)} & _COMMON)
