"""A person's belonging to a unit: asked for by the person, decided by the unit (S3-05 to S3-09)."""

from enum import StrEnum
from uuid import UUID

from shenbao_common.kernel.errors import Conflict, Problem


class State(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


def objections(wanted: UUID | None, present: UUID | None, *, known: bool) -> list[Problem]:
    """wanted: a unit's id. present: the person's present unit. known: there is such a unit, and it may work."""
    if wanted is None or not known:
        return [Problem("unknown_unit", "unit_id")]
    return [Problem("unchanged", "unit_id")] if wanted == present else []


def ensure_pending(state: str) -> None:
    """Refuses `already_decided`."""
    if state != State.PENDING:
        raise Conflict("already_decided")


def objections_to_decision(*, approve: bool, reason: str) -> list[Problem]:
    """Who is refused reads why."""
    return [] if approve or reason else [Problem("required", "reason")]
