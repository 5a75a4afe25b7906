"""What a sub-account can be and what its unit can tick for it (S4g-24, S4g-26, S4g-29)."""

from collections.abc import Iterable
from enum import StrEnum

from shenbao_common.kernel.actor import SUB_ACCOUNT_PERMISSIONS


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
