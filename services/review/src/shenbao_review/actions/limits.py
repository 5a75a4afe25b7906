"""Time limits of steps in working days: due, reminded, overdue, and in view of the superior office (B-08)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.review import StepOverdueV1
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict
from shenbao_review.actions import timers
from shenbao_review.domain.calendar import end_of
from shenbao_review.domain.states import WATCHED, Action, StepState
from shenbao_review.models import Case, LogEntry, Organisation, QueueEntry, Step
from shenbao_review.queries.calendar import calendar
from shenbao_review.queries.cases import cases_to_change

REMIND, OVERDUE = "step_reminder", "step_overdue"
_log = structlog.get_logger()


def begin(session: Session, step: Step) -> None:
    """Winds the timers of a step that has just opened; the day on which it opened does not count."""
    if step.limit_days is None or step.opened_at is None:
        return
    start = office_day(step.opened_at)
    days = calendar(session, start)
    try:
        step.due_on = days.last_day(start, step.limit_days)
    except Conflict as missing:
        # A case must not wait for a calendar: it goes on without a limit, and the log says which year is to be added.
        _log.error("limit_without_calendar", application_id=str(step.application_id), year=missing.params["year"])
        return
    timers.wind(session, OVERDUE, step.step_id, end_of(step.due_on))
    if step.remind_before and step.remind_before < step.limit_days:
        remind_on = days.last_day(start, step.limit_days - step.remind_before)
        timers.wind(session, REMIND, step.step_id, end_of(remind_on))


def end(session: Session, case: Case, steps: Collection[Step]) -> None:
    """Steps that are decided or cancelled: nothing is due for them, and nobody watches them any more."""
    limited = [step for step in steps if step.limit_days is not None]
    if not limited:
        return
    timers.stop(session, [step.step_id for step in limited])
    watching = [step.escalated_to for step in limited if step.escalated_to]
    gone = sa.delete(QueueEntry).where(QueueEntry.application_id == case.application_id, QueueEntry.tab == WATCHED)
    session.execute(gone.where(QueueEntry.body_id.in_(watching)))


def remind(session: Session, step_id: UUID, now: datetime) -> bool:
    """Notes that the decider was reminded; the office's list shows the day on which the step is due.

    Nothing of the case changes, so it is not held: ten thousand reminders come due in the same minute of midnight.
    """
    step = session.get(Step, step_id)
    if step is not None and step.state == StepState.OPEN:
        session.add(_entry(step, Action.REMIND, now))
    return True


def pass_limit(session: Session, step_id: UUID, now: datetime) -> bool:
    """Marks the case overdue, and shows it to the superior office where the programme says so."""
    step = session.get(Step, step_id)
    if step is None or step.state != StepState.OPEN:
        return True
    case = next(iter(cases_to_change(session, [step.application_id], wait=False)), None)
    if case is None:
        return False
    # Read anew now that the case is held: it may have been decided between the first look and this one.
    session.refresh(step)
    if step.state == StepState.OPEN:
        session.add(_entry(step, Action.OVERDUE, now))
        _mark(session, case, step, now)
    return True


def _mark(session: Session, case: Case, step: Step, now: datetime) -> None:
    step.overdue_at = now
    case.version += 1
    own = sa.update(QueueEntry).where(QueueEntry.application_id == case.application_id)
    session.execute(own.where(QueueEntry.body_id == step.body_id).values(overdue=True))
    body = session.get(Organisation, step.body_id)
    superior = session.get(Organisation, body.parent_id) if step.escalate and body and body.parent_id else None
    if superior is None:
        return
    step.escalated_to = superior.organisation_id
    watched = insert(QueueEntry).values(
        body_id=superior.organisation_id,
        application_id=case.application_id,
        tab=WATCHED,
        since=now,
        project_id=case.project_id,
        reference=case.reference,
        overdue=True,
    )
    session.execute(watched.on_conflict_do_nothing())
    told = StepOverdueV1(
        application_id=case.application_id,
        step_key=step.key,
        round=step.round,
        organisation_id=superior.organisation_id,
        organisation_name=superior.name,
    )
    outbox.record(session, told)


def _entry(step: Step, action: Action, now: datetime) -> LogEntry:
    return LogEntry(
        application_id=step.application_id,
        round=step.round,
        step_key=step.key,
        name_zh=step.name_zh,
        name_en=step.name_en,
        body_id=step.body_id,
        body_name=step.body_name,
        action=action,
        at=now,
    )
