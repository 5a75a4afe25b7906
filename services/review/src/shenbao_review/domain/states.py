"""The words for where a case and its steps are (C2.3 of the requirements)."""

from enum import StrEnum


class StepState(StrEnum):
    """waiting → open → passed | failed | returned | cancelled."""

    WAITING = "waiting"
    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class CaseState(StrEnum):
    """What review knows of a case; the application's status is moved by applications alone."""

    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PASSED = "passed"
    FAILED = "failed"
    RECALLED = "recalled"


class Action(StrEnum):
    """What is done to a case. `report`, `recall` and `supersede` are the unit's or the applicant's and come as news,
    `remind` and `overdue` time does, `hand_up` the end of an organisation. `reconsider` is asked for by the applicant,
    `grant` and `uphold` are what comes of it."""

    REPORT = "report"
    PASS = "pass"  # noqa: S105  (a decision, not a password)
    RETURN = "return"
    FAIL = "fail"
    RECALL = "recall"
    SUPERSEDE = "supersede"
    REMIND = "remind"
    OVERDUE = "overdue"
    HAND_UP = "hand_up"
    RECONSIDER = "reconsider"
    GRANT = "grant"
    UPHOLD = "uphold"


WATCHED = "watched"
"""The tab of a superior office: what is overdue below it."""

DECISIONS = (Action.PASS, Action.RETURN, Action.FAIL)

LOCAL_STATUS = {
    CaseState.IN_REVIEW: "in_review",
    CaseState.RETURNED: "returned",
    CaseState.PASSED: "approved",
    CaseState.FAILED: "rejected",
    CaseState.RECALLED: "ready_to_report",
}
"""The application status under which a programme's pack names a state of the case."""


class ReconsiderationState(StrEnum):
    """Of a reconsideration; upheld: the rejection stands."""

    OPEN = "open"
    GRANTED = "granted"
    UPHELD = "upheld"


class BatchState(StrEnum):
    """Of a decision on many cases."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class ItemState(StrEnum):
    """Of one case in it."""

    PENDING = "pending"
    DECIDED = "decided"
    REFUSED = "refused"


class PublicityState(StrEnum):
    """Of a notice."""

    RUNNING = "running"
    ENDED = "ended"


class PublicState(StrEnum):
    """Of one case in a notice."""

    POSTED = "posted"
    SUSPENDED = "suspended"
    PASSED = "passed"
    FAILED = "failed"


class SittingState(StrEnum):
    """Of a committee's sitting: planned → voting → closed → signed; cancelled before anybody votes."""

    PLANNED = "planned"
    VOTING = "voting"
    CLOSED = "closed"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class ObjectionState(StrEnum):
    """Of an objection to a case."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
