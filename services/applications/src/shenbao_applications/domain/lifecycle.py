"""Where an application may go from where it is: the table of C2.2 of the requirements, whole."""

from collections.abc import Mapping
from enum import StrEnum

from shenbao_common.kernel.errors import Conflict


class Status(StrEnum):
    """C2.1; which body has the application is told by steps, not by the status."""

    DRAFT = "draft"
    MATERIALS_PENDING = "materials_pending"
    READY_TO_REPORT = "ready_to_report"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    IN_PUBLICITY = "in_publicity"
    APPROVED = "approved"
    CERTIFIED = "certified"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NOT_ACCEPTED = "not_accepted"
    CASE_RETURNED = "case_returned"
    SUPERSEDED = "superseded"
    DELETED = "deleted"


class Move(StrEnum):
    """What happens to an application; some are its filler's, the others are heard from other services."""

    SAVE_INCOMPLETE = "save_incomplete"
    SAVE_COMPLETE = "save_complete"
    SAVE_INFORMATION = "save_information"
    SAVE_MATERIALS = "save_materials"
    DELETE = "delete"
    REPORT = "report"
    STEP_PASSED = "step_passed"
    POST = "post"
    APPROVE = "approve"
    CERTIFY = "certify"
    RETURN = "return"
    FAIL = "fail"
    REFUSE = "refuse"
    RETURN_CASE = "return_case"
    WITHDRAW = "withdraw"
    REDECLARE = "redeclare"
    SUPERSEDE = "supersede"
    RECALL = "recall"


_S, _M = Status, Move

NEXT: dict[tuple[Status, Move], Status] = {
    (_S.DRAFT, _M.SAVE_INCOMPLETE): _S.DRAFT,  # T02
    (_S.DRAFT, _M.SAVE_COMPLETE): _S.READY_TO_REPORT,  # T03, T05
    (_S.DRAFT, _M.SAVE_INFORMATION): _S.MATERIALS_PENDING,  # T03
    (_S.DRAFT, _M.DELETE): _S.DELETED,  # T07
    (_S.MATERIALS_PENDING, _M.SAVE_INFORMATION): _S.MATERIALS_PENDING,  # T04
    (_S.MATERIALS_PENDING, _M.SAVE_MATERIALS): _S.READY_TO_REPORT,  # T05
    (_S.MATERIALS_PENDING, _M.DELETE): _S.DELETED,  # T07
    (_S.READY_TO_REPORT, _M.SAVE_INFORMATION): _S.MATERIALS_PENDING,  # T06
    (_S.READY_TO_REPORT, _M.SAVE_MATERIALS): _S.READY_TO_REPORT,  # T05
    (_S.READY_TO_REPORT, _M.SAVE_INCOMPLETE): _S.DRAFT,  # T06
    (_S.READY_TO_REPORT, _M.SAVE_COMPLETE): _S.READY_TO_REPORT,  # T04
    (_S.READY_TO_REPORT, _M.DELETE): _S.DELETED,  # T07
    (_S.READY_TO_REPORT, _M.REPORT): _S.IN_REVIEW,  # T08
    (_S.IN_REVIEW, _M.STEP_PASSED): _S.IN_REVIEW,  # T09
    (_S.IN_REVIEW, _M.RETURN): _S.RETURNED,  # T10
    (_S.IN_REVIEW, _M.FAIL): _S.REJECTED,  # T11
    (_S.IN_REVIEW, _M.WITHDRAW): _S.WITHDRAWN,  # T12
    (_S.IN_REVIEW, _M.REFUSE): _S.NOT_ACCEPTED,  # T13
    (_S.IN_REVIEW, _M.RETURN_CASE): _S.CASE_RETURNED,  # T14
    (_S.IN_REVIEW, _M.POST): _S.IN_PUBLICITY,  # T19
    (_S.IN_REVIEW, _M.APPROVE): _S.APPROVED,  # T20
    (_S.IN_REVIEW, _M.RECALL): _S.READY_TO_REPORT,  # T24
    (_S.IN_PUBLICITY, _M.STEP_PASSED): _S.IN_REVIEW,  # the period is over, and the route goes on
    (_S.IN_PUBLICITY, _M.APPROVE): _S.APPROVED,  # T21
    (_S.IN_PUBLICITY, _M.FAIL): _S.REJECTED,  # T22
    (_S.IN_PUBLICITY, _M.RETURN_CASE): _S.CASE_RETURNED,  # T22
    (_S.IN_PUBLICITY, _M.RECALL): _S.READY_TO_REPORT,  # T24
    (_S.APPROVED, _M.CERTIFY): _S.CERTIFIED,  # T23
    (_S.RETURNED, _M.SAVE_INCOMPLETE): _S.RETURNED,  # T15
    (_S.RETURNED, _M.SAVE_COMPLETE): _S.RETURNED,  # T15
    (_S.RETURNED, _M.SAVE_INFORMATION): _S.RETURNED,  # T15
    (_S.RETURNED, _M.SAVE_MATERIALS): _S.RETURNED,  # T15
    (_S.RETURNED, _M.REPORT): _S.IN_REVIEW,  # T16
    (_S.RETURNED, _M.RECALL): _S.READY_TO_REPORT,  # T24
    (_S.WITHDRAWN, _M.REDECLARE): _S.DRAFT,  # T17
    (_S.NOT_ACCEPTED, _M.REDECLARE): _S.DRAFT,  # T17
    (_S.CASE_RETURNED, _M.REDECLARE): _S.DRAFT,  # T17
    (_S.WITHDRAWN, _M.SUPERSEDE): _S.SUPERSEDED,  # T18
    (_S.NOT_ACCEPTED, _M.SUPERSEDE): _S.SUPERSEDED,  # T18
    (_S.CASE_RETURNED, _M.SUPERSEDE): _S.SUPERSEDED,  # T18
}

AFTER_FAIL: Mapping[str, Move] = {
    "rejected": Move.FAIL,
    "not_accepted": Move.REFUSE,
    "case_returned": Move.RETURN_CASE,
}
"""What a failed step does to an application, as the pack says (X15)."""

UNDER_REVIEW = frozenset({Status.IN_REVIEW, Status.IN_PUBLICITY})
"""Where review's news moves an application."""

START = Status.DRAFT
"""T01."""


def after(status: str, move: Move) -> Status:
    """The status after a move; refuses an illegal one (`status_forbids`)."""
    found = NEXT.get((Status(status), move))
    if found is None:
        raise Conflict("status_forbids", status=status, move=move.value)
    return found


def allows(status: str, move: Move) -> bool:
    return (Status(status), move) in NEXT


def ensure_deletable(status: str, *, round: int) -> Status:
    """Refuses what was ever reported (`already_reported`), also when it came back since (S4g-17)."""
    if round > 0:
        raise Conflict("already_reported")
    return after(status, Move.DELETE)
