"""The life of a record of the performance archive (业绩档案): filled in by its owner, verified by the owner's unit."""

from collections.abc import Mapping
from enum import StrEnum

from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken


class State(StrEnum):
    """draft → pending → passed | failed | returned → pending."""

    DRAFT = "draft"
    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    RETURNED = "returned"


class Action(StrEnum):
    """What the unit decides."""

    PASS = "pass"  # noqa: S105  (a decision, not a password)
    FAIL = "fail"
    RETURN = "return"


AFTER: Mapping[Action, State] = {
    Action.PASS: State.PASSED,
    Action.FAIL: State.FAILED,
    Action.RETURN: State.RETURNED,
}

SHOWN_TO_UNIT = (State.PENDING, State.PASSED, State.FAILED)
"""What the tab of all holds (S1-20): a record that was given back is its owner's until it comes again."""


def ensure_editable(state: str) -> None:
    """Refuses to touch what the unit is looking at (S1-26)."""
    if state == State.PENDING:
        raise Conflict("record_pending")


def begins_version(state: str) -> bool:
    """What the unit verified and goes on reading stays as it is; what its owner changes is its next version."""
    return state in (State.PASSED, State.FAILED)


def ensure_submittable(state: str) -> None:
    if state == State.PENDING:
        raise Conflict("record_pending")
    if state == State.PASSED:
        raise Conflict("already_decided")


def ensure_deletable(state: str, *, submitted: bool) -> None:
    """What the unit has seen stays."""
    if submitted or state != State.DRAFT:
        raise Conflict("record_was_submitted")


def ensure_opinion(action: Action, opinion: str) -> None:
    """The owner of a record that is not passed is told why."""
    if action != Action.PASS and not opinion.strip():
        raise RuleBroken("invalid", Problem("opinion_required", "opinion"))
