"""Who may act for a unit, and who may let somebody do so (B-18)."""

from datetime import datetime, timedelta
from enum import StrEnum

from shenbao_common.kernel.errors import Conflict, Problem


class RequestState(StrEnum):
    """Of a request to act for a unit."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Way(StrEnum):
    """joins: one officer more. replaces: the deciding officer hands over; of a department: all of before go."""

    JOINS = "joins"
    REPLACES = "replaces"


KEPT = timedelta(days=30)
"""How long a request can be decided; identity holds the asker's account as long."""


def ensure_waiting(state: str, requested_at: datetime, now: datetime) -> None:
    """Refuses `already_decided`, `request_expired`."""
    if state != RequestState.WAITING:
        raise Conflict("already_decided")
    if now > requested_at + KEPT:
        raise Conflict("request_expired")


def objections(*, approve: bool, reason: str, way: Way, by_department: bool) -> list[Problem]:
    """A refusal says why; a department is asked when nobody is left, so it replaces."""
    found = []
    if not approve and not reason:
        found.append(Problem("required", "reason"))
    if approve and by_department and way is not Way.REPLACES:
        found.append(Problem("unknown_choice", "way"))
    return found


def ensure_one_stays(officers: int) -> None:
    """A unit without an officer cannot act; refuses `last_officer`."""
    if officers < 2:
        raise Conflict("last_officer")
