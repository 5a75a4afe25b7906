"""Which statuses a tab of a list holds. What a dashboard counts is what the list of the same tab shows."""

from collections.abc import Mapping

from shenbao_applications.domain.lifecycle import Status

COUNT_BOUND = 2_500
"""Counting stops here; a count that equals it means that many or more."""

SORT_BOUND = 10_000
"""So many, the newest, are sorted where a page waits for it."""

ALL = tuple(s.value for s in Status if s is not Status.DELETED)

TABS: Mapping[str, tuple[str, ...]] = {
    # 待上报 shows incomplete ones too, with a mark (C9, A18).
    "to_report": (Status.DRAFT, Status.MATERIALS_PENDING, Status.READY_TO_REPORT),
    # The report page offers what is complete, and what was returned and may be reported again (S4g-22).
    "reportable": (Status.READY_TO_REPORT, Status.RETURNED),
    "returned": (Status.RETURNED,),
    "in_review": (Status.IN_REVIEW, Status.IN_PUBLICITY),
    "reported": (Status.IN_REVIEW, Status.IN_PUBLICITY, Status.APPROVED, Status.CERTIFIED, Status.REJECTED),
    "tracked": (
        Status.IN_REVIEW,
        Status.IN_PUBLICITY,
        Status.RETURNED,
        Status.APPROVED,
        Status.CERTIFIED,
        Status.REJECTED,
        Status.WITHDRAWN,
        Status.NOT_ACCEPTED,
        Status.CASE_RETURNED,
        Status.SUPERSEDED,
    ),
    "approved": (Status.APPROVED, Status.CERTIFIED),
    "rejected": (Status.REJECTED,),
    "all": ALL,
}


def counts(by_status: Mapping[str, int]) -> dict[str, int]:
    """How many each tab holds, up to the bound."""
    return {tab: min(COUNT_BOUND, sum(by_status.get(s, 0) for s in statuses)) for tab, statuses in TABS.items()}
