"""Staff of a unit (工作人员): without one its password cannot be recovered online (S4b-06)."""

from enum import StrEnum

from shenbao_common.kernel.errors import Conflict


class StaffState(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"


NO_RECOVERY = "no_recovery_without_staff"
"""Code of the warning while nobody could recover the password."""


def warning(enabled: int) -> str | None:
    return None if enabled else NO_RECOVERY


def ensure_confirmed(others_enabled: int, *, confirmed: bool) -> None:
    """Refuses to take away the last one by whom the password is recovered until that is confirmed."""
    if not others_enabled and not confirmed:
        raise Conflict(NO_RECOVERY)
