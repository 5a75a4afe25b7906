"""A cancelled organisation: what waits there goes to the office above it, so that no case is lost with it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.review import CommitteeFormedV1, StepOpenedV1
from shenbao_review.actions import progress as moves
from shenbao_review.actions import routing
from shenbao_review.domain.states import Action, StepState
from shenbao_review.models import Case, Committee, LogEntry, Organisation, QueueEntry, Step
from shenbao_review.queries.cases import cases_to_change

_log = structlog.get_logger()
_PIECE = 500
_AHEAD = (StepState.OPEN, StepState.WAITING)


def hand_up(session: Session, organisation_id: UUID, *, now: datetime) -> None:
    """Open and waiting steps pass to the parent, with a line in the log; nobody is routed to the office any more.

    Decided steps stay as they were decided. Without a parent that is known the steps stay, and the log says so.
    Waits for reports on their way to it (`arrivals`), whose steps are found here.
    """
    gone = session.get(Organisation, organisation_id, with_for_update=True)
    if gone is None:
        return
    _dissolve(session, organisation_id)
    parent = session.get(Organisation, gone.parent_id) if gone.parent_id else None
    if parent is None:
        _log.error("cancelled_without_parent", organisation_id=str(organisation_id))
    else:
        waiting = sa.select(Step.application_id).where(Step.body_id == organisation_id, Step.state.in_(_AHEAD))
        while ids := list(session.scalars(waiting.distinct().limit(_PIECE))):
            for case in cases_to_change(session, ids):
                _hand_up(session, case, organisation_id, parent, now)
            session.flush()
    session.delete(gone)
    session.flush()
    routing.lay_out_waiting(session)


def _dissolve(session: Session, organisation_id: UUID) -> None:
    own = sa.select(Committee).where(Committee.body_id == organisation_id, Committee.active)
    for committee in session.scalars(own.with_for_update()).all():
        committee.active = False
        session.flush()
        told = CommitteeFormedV1(
            committee_id=committee.committee_id,
            organisation_id=committee.body_id,
            name=committee.name,
            programmes=tuple(committee.programmes),
            groups=tuple(committee.groups),
            active=False,
            revision=committee.version,
        )
        outbox.record(session, told, revision=committee.version)


def _hand_up(session: Session, case: Case, organisation_id: UUID, parent: Organisation, now: datetime) -> None:
    ahead = [step for step in case.steps if step.body_id == organisation_id and step.state in _AHEAD]
    for step in ahead:
        session.add(_entry(case, step, now))
        step.body_id, step.body_name = parent.organisation_id, parent.name
        if step.state == StepState.OPEN:
            outbox.record(session, _opened(step))
    case.version += 1
    left = QueueEntry.application_id == case.application_id
    session.execute(sa.delete(QueueEntry).where(left, QueueEntry.body_id == organisation_id))
    if any(step.state == StepState.OPEN for step in ahead):
        moves.enter(session, {case: {parent.organisation_id}})


def _opened(step: Step) -> StepOpenedV1:
    return StepOpenedV1(
        application_id=step.application_id,
        step_key=step.key,
        round=step.round,
        organisation_id=step.body_id,
        organisation_name=step.body_name,
    )


def _entry(case: Case, step: Step, now: datetime) -> LogEntry:
    return LogEntry(
        application_id=case.application_id,
        round=step.round,
        step_key=step.key,
        name_zh=step.name_zh,
        name_en=step.name_en,
        body_id=step.body_id,
        body_name=step.body_name,
        action=Action.HAND_UP,
        at=now,
    )
