"""Noting what happens to a unit: who did what, in the transaction that did it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_units.models import HistoryEntry


class Act(StrEnum):
    """What is noted; the words are a contract with whoever shows them."""

    DEPARTMENT_CHANGED = "department_changed"
    OFFICER_APPOINTED = "officer_appointed"
    OFFICER_DISMISSED = "officer_dismissed"
    OFFICER_REFUSED = "officer_refused"
    DELEGATED = "delegated"
    DELEGATION_ENDED = "delegation_ended"
    LETTER_APPROVED = "letter_approved"
    LETTER_REJECTED = "letter_rejected"
    USER_CHANGED = "user_changed"
    RENAMED = "renamed"
    SELF_DECLARING_ENDED = "self_declaring_ended"


def note(session: Session, unit_id: UUID, act: Act, *, actor_id: UUID, now: datetime, **details: Any) -> None:
    """details: values that JSON knows; they are sealed, since they name people."""
    session.add(HistoryEntry(unit_id=unit_id, at=now, act=act.value, actor_id=actor_id, details=details))
