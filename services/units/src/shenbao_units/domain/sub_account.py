"""What a sub-account can be, what its unit can tick for it, and until when (S4g-24, S4g-26, S4g-29, B-18)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from shenbao_common.kernel.actor import SUB_ACCOUNT_PERMISSIONS
from shenbao_common.kernel.errors import Conflict, Problem


class State(StrEnum):
    """Opened (开通), disabled (禁用), or removed."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


CATALOGUE = SUB_ACCOUNT_PERMISSIONS
"""In order of display."""

ADVISED = frozenset(CATALOGUE[-2:])
"""Change own basic information and change own password: the manual advises to tick them."""


def in_order(ticked: Iterable[str]) -> list[str]:
    """The ticks in the order of the catalogue, each once."""
    chosen = set(ticked)
    return [permission for permission in CATALOGUE if permission in chosen]


def objections_to_end(valid_until: date | None, today: date) -> list[Problem]:
    """The last day of a delegation lies not behind us."""
    return [Problem("in_the_past", "valid_until")] if valid_until and valid_until < today else []


def ensure_running(valid_until: date | None, today: date) -> None:
    """Refuses `delegation_over`: who opens an account again gives it a new last day first."""
    if valid_until and valid_until < today:
        raise Conflict("delegation_over")
