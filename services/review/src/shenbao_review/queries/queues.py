"""The queue of a body: pages and counts, each one range of one index however long the queue is."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from shenbao_common.data.paging import Page, page
from shenbao_review.domain.states import WATCHED, StepState
from shenbao_review.models import Case, PublicityCase, QueueEntry, SittingCase, Step
from shenbao_review.queries.bounds import BOUND, bounded_counts
from shenbao_review.queries.wanted import Wanted

OWN_TABS = (StepState.OPEN, StepState.PASSED, StepState.RETURNED, StepState.FAILED)
TABS = (*OWN_TABS, WATCHED)


def queue_page(session: Session, body_id: UUID, wanted: Wanted) -> Page[QueueEntry]:
    """Entries with their case, unit and open steps. What waits longest comes first; elsewhere the latest."""
    query = _entries(body_id, wanted.tab, wanted.project_id).options(
        joinedload(QueueEntry.case).joinedload(Case.unit),
        joinedload(QueueEntry.case).selectinload(Case.steps.and_(Step.state == StepState.OPEN)),
    )
    if wanted.q:
        query = query.where(QueueEntry.reference.startswith(wanted.q, autoescape=True))
    if wanted.overdue:
        query = query.where(QueueEntry.overdue)
    if wanted.claimed_by:
        query = query.where(QueueEntry.claimed_by == wanted.claimed_by)
    if wanted.unclaimed:
        query = query.where(QueueEntry.claimed_by.is_(None))
    if wanted.publicity:
        query = query.where(_waits(body_id, Step.publicity.is_not(None), PublicityCase.step_id))
    if wanted.committee_id:
        query = query.where(_waits(body_id, Step.committee_id == wanted.committee_id, SittingCase.step_id))
    by = [QueueEntry.since, QueueEntry.application_id]
    latest_first = wanted.tab != StepState.OPEN
    return page(session, query, by=by, after=wanted.after, limit=wanted.limit, descending=latest_first)


def _waits(body_id: UUID, such: sa.ColumnElement[bool], taken: Any) -> sa.ColumnElement[bool]:
    """Has an open step of this body of such a kind that is not in a notice, or a sitting, yet."""
    own = sa.and_(Step.application_id == QueueEntry.application_id, Step.body_id == body_id)
    free = ~sa.exists().where(taken == Step.step_id)
    return sa.exists().where(own, Step.state == StepState.OPEN, such, free).correlate(QueueEntry)


def queue_counts(session: Session, body_id: UUID, project_id: UUID | None) -> dict[str, int]:
    """How many cases stand under each tab, up to the bound; overdue: those that wait for the body itself."""
    asked = {str(tab): _entries(body_id, tab, project_id) for tab in TABS}
    own = _entries(body_id, StepState.OPEN, project_id)
    return bounded_counts(session, asked | {"overdue": own.where(QueueEntry.overdue)}, BOUND)


def _entries(body_id: UUID, tab: str, project_id: UUID | None) -> sa.Select[QueueEntry]:
    query = sa.select(QueueEntry).where(QueueEntry.body_id == body_id)
    query = query.where(QueueEntry.tab == tab if tab in TABS else QueueEntry.tab != WATCHED)
    return query.where(QueueEntry.project_id == project_id) if project_id else query
