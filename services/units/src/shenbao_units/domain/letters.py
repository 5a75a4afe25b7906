"""The life of an authorization letter (授权委托书): handed in, approved or rejected, asked for anew (S1)."""

from enum import StrEnum

from shenbao_common.kernel.errors import Conflict, Problem
from shenbao_units.domain.levels import Level


class LetterState(StrEnum):
    """NOT_DUE: no bureau above the unit asks for a letter. SUPERSEDED: of a letter that names a former user."""

    NOT_DUE = ""
    NOT_SUBMITTED = "not_submitted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


ADMITTED = (LetterState.NOT_DUE, LetterState.APPROVED)
"""States in which a unit works and is found by persons who look for theirs."""


def ensure_can_submit(state: str) -> None:
    """One letter at a time: refuses `letter_not_due`, `letter_waiting`, `letter_approved`."""
    if state == LetterState.NOT_DUE:
        raise Conflict("letter_not_due")
    if state == LetterState.SUBMITTED:
        raise Conflict("letter_waiting")
    if state == LetterState.APPROVED:
        raise Conflict("letter_approved")


def objections_to_affiliation(level: Level | None) -> list[Problem]:
    """A unit belongs to a bureau (单位隶属关系), which decides; level: None when there is no such organisation."""
    return [] if level is Level.CITY_HR_BUREAU else [Problem("unknown_bureau", "affiliation_id")]


def ensure_waiting(state: str) -> None:
    """Refuses `already_decided`."""
    if state != LetterState.SUBMITTED:
        raise Conflict("already_decided")


def objections_to_decision(*, approve: bool, reason: str) -> list[Problem]:
    """Whose letter is rejected reads why (S1-12)."""
    return [] if approve or reason else [Problem("required", "reason")]


def masked(name: str) -> str:
    """Only the last character of a name (S1-17)."""
    return "*" * (len(name) - 1) + name[-1:]
