"""Certificates: what they are numbered, and what whoever asks about one is told."""

from datetime import date

VALID, REVOKED, REPLACED, EXPIRED = "valid", "revoked", "replaced", "expired"


def number(series: str, year: int, count: int) -> str:
    """`CD2026000001`: series, year, count within both."""
    return f"{series}{year}{count:06d}"


def standing(state: str, valid_until: date | None, today: date) -> str:
    """valid, expired, revoked or replaced; the last day itself is still valid."""
    if state == VALID and valid_until is not None and valid_until < today:
        return EXPIRED
    return state


def same_name(given: str, holder: str) -> bool:
    """Whether somebody wrote the holder's name; spaces and middle dots are written in many ways."""
    return _bare(given) == _bare(holder)


def _bare(name: str) -> str:
    return "".join(c for c in name if not c.isspace() and c not in "·•・.").casefold()
