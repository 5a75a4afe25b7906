"""Carries out what the rules of progress say: steps, the case, the queues of the bodies, the news."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.event import Event
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_review.actions import limits, tallies
from shenbao_review.domain import progress
from shenbao_review.domain.states import StepState
from shenbao_review.models import Case, QueueEntry, Step

_DECIDED = frozenset({StepState.PASSED, StepState.RETURNED, StepState.FAILED})
_NEW = insert(cast(sa.Table, QueueEntry.__table__))
_ANEW = {"tab": _NEW.excluded.tab, "since": _NEW.excluded.since, "overdue": False}
_ENTER = _NEW.on_conflict_do_update(index_elements=["body_id", "application_id"], set_=_ANEW)


def of_round(case: Case) -> list[progress.Place]:
    """The steps of the present round, for the rules."""
    return [
        progress.Place(id=s.step_id, stage=s.stage, state=StepState(s.state))
        for s in case.steps
        if s.round == case.round
    ]


def carry_out(
    session: Session, case: Case, outcome: progress.Outcome, *, at: datetime, news: Event | None = None
) -> None:
    """Moves the steps and the case, tells of it, sets the queues right."""
    settle(session, {case: move(session, case, outcome, at=at, news=news)})


def move(
    session: Session, case: Case, outcome: progress.Outcome, *, at: datetime, news: Event | None = None
) -> set[UUID]:
    """Moves the steps and the case; tells the news, then of every step that opened.

    Answers the bodies whose queues are to be settled.
    """
    moved = [step for step in case.steps if step.step_id in outcome.steps]
    for step in moved:
        step.state = outcome.steps[step.step_id]
        if step.state in _DECIDED:
            step.decided_at = at
        elif step.state == StepState.OPEN:
            step.opened_at = at
            limits.begin(session, step)
    limits.end(session, case, [step for step in moved if step.state != StepState.OPEN])
    case.state = outcome.case
    case.moved_at = at
    case.version += 1
    opened = [_opened(step) for step in moved if step.state == StepState.OPEN]
    for event in [news, *opened] if news else opened:
        outbox.record(session, event)
    return {step.body_id for step in moved if step.opened_at}


def _opened(step: Step) -> StepOpenedV1:
    return StepOpenedV1(
        application_id=step.application_id,
        step_key=step.key,
        round=step.round,
        organisation_id=step.body_id,
        organisation_name=step.body_name,
    )


def settle(session: Session, moved: Mapping[Case, Collection[UUID]]) -> None:
    """Counts what moved, and sets the queues of its bodies right."""
    tallies.note(session, moved)
    enter(session, moved)


def enter(session: Session, moved: Mapping[Case, Collection[UUID]]) -> None:
    """Puts each case under the tab of each of its bodies' queues to which the body's own steps bring it."""
    session.flush()
    entered, left = in_queues(moved)
    for application_id, body_id in left:
        leave(session, application_id, body_id)
    if entered:
        session.execute(_ENTER, entered)


def in_queues(moved: Mapping[Case, Collection[UUID]]) -> tuple[list[dict[str, Any]], list[tuple[UUID, UUID]]]:
    """The entries of the cases in these bodies' queues; and those, by case and body, that are to be in none any more.

    One order for everybody, so that two transactions never wait for each other crosswise.
    """
    places = [(body_id, case) for case, bodies in moved.items() for body_id in bodies]
    entered, left = [], []
    for body_id, case in sorted(places, key=lambda place: (place[0], place[1].application_id)):
        own = [step for step in case.steps if step.body_id == body_id]
        traces = [progress.Trace(state=StepState(s.state), decided_at=s.decided_at) for s in own]
        tab = progress.tab(traces)
        if tab is None:
            left.append((case.application_id, body_id))
        else:
            entered.append(_entry(case, body_id, tab))
    return entered, left


def leave(session: Session, application_id: UUID, body_id: UUID | None = None) -> None:
    """Takes the case out of one body's queue, or of all."""
    gone = sa.delete(QueueEntry).where(QueueEntry.application_id == application_id)
    session.execute(gone.where(QueueEntry.body_id == body_id) if body_id else gone)


def _entry(case: Case, body_id: UUID, tab: StepState) -> dict[str, Any]:
    return {
        "body_id": body_id,
        "application_id": case.application_id,
        "tab": tab,
        "since": case.moved_at,
        "project_id": case.project_id,
        "reference": case.reference,
        "overdue": False,
    }
