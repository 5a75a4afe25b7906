"""What is counted when a case moves: for the bodies of its steps, and for its unit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shenbao_review.domain.states import CaseState, StepState

RESULTS = ("passed", "returned", "failed")
SPANS = {"within_1": 1, "within_3": 3, "within_5": 5, "within_10": 10}
LONGER = "longer"
"""How many days a step was open when it was decided."""

_OUTCOMES = (CaseState.PASSED, CaseState.RETURNED, CaseState.FAILED)
_DECIDED = (StepState.PASSED, StepState.RETURNED, StepState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A step's time at its body."""

    body_id: UUID
    state: StepState
    opened_at: datetime | None
    decided_at: datetime | None


def of_bodies(stays: Sequence[Stay], moved_at: datetime) -> Iterator[tuple[UUID, Counter[str]]]:
    """What came to each body, and what each decided, when the case moved at that moment."""
    for stay in stays:
        if stay.opened_at == moved_at:
            yield stay.body_id, Counter(came=1)
        if stay.opened_at and stay.decided_at == moved_at and stay.state in _DECIDED:
            yield stay.body_id, Counter({stay.state.value: 1, span(moved_at - stay.opened_at): 1})


def of_unit(stays: Sequence[Stay], moved_at: datetime, *, submitted_at: datetime, state: CaseState) -> Counter[str]:
    """A report of the unit, what became of its case, and how long the steps took that were decided."""
    found = Counter(came=1) if submitted_at == moved_at else Counter[str]()
    if state in _OUTCOMES:
        found[state.value] += 1
    for stay in stays:
        if stay.opened_at and stay.decided_at == moved_at and stay.state in _DECIDED:
            found[span(moved_at - stay.opened_at)] += 1
    return found


def span(open_for: timedelta) -> str:
    return next((name for name, days in SPANS.items() if open_for <= timedelta(days=days)), LONGER)
