"""May a unit change its supervising department, and does it know what that recalls? (S4g-32)"""

from uuid import UUID

from shenbao_common.kernel.errors import Conflict, Problem
from shenbao_units.domain.levels import Level, objections_to_supervisor

RECALLS_REPORTED = "reported_will_be_recalled"
"""Code of the warning when there is something to recall."""


def warning(reported: int) -> str | None:
    return RECALLS_REPORTED if reported else None


def objections(present: UUID, wanted: UUID, level: Level | None) -> list[Problem]:
    """level: that of the wanted department, None when there is none."""
    if present == wanted:
        return [Problem("unchanged", "department_id")]
    return objections_to_supervisor(level)


def ensure_confirmed(reported: int, confirmed: int) -> None:
    """Refuses until the number that the officer confirmed is the present number of reported applications."""
    if confirmed != reported:
        raise Conflict("confirmation_required", reported=reported)
