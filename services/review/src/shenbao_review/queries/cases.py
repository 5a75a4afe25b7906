"""One case, to read or to change; lists of cases for units and administrators; the log."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, NotFound
from shenbao_review.domain.reading import may_read
from shenbao_review.domain.states import CaseState, StepState
from shenbao_review.models import Case, LogEntry, ProgrammeVersion, Step
from shenbao_review.queries.bounds import BOUND, bounded_counts
from shenbao_review.queries.wanted import Wanted

STATE_OF_TAB = {
    "open": CaseState.IN_REVIEW,
    "passed": CaseState.PASSED,
    "returned": CaseState.RETURNED,
    "failed": CaseState.FAILED,
}
"""What a unit sees under each tab: the state of its cases. A recalled case is a draft again and under none."""


def case_of(session: Session, application_id: UUID, actor: Actor) -> Case:
    """A case with its steps and unit; for whom it is not there, it does not exist."""
    return _visible(session.scalar(_cases([application_id])), actor)


def case_to_change(session: Session, application_id: UUID, actor: Actor) -> Case:
    """The same, held against everybody else until the transaction ends."""
    return _visible(next(iter(cases_to_change(session, [application_id])), None), actor)


def cases_to_change(session: Session, application_ids: Collection[UUID], *, wait: bool = True) -> Sequence[Case]:
    """Cases with their steps, held in one order; without `wait` those that somebody else holds are left out."""
    query = _cases(application_ids).order_by(Case.application_id).with_for_update(of=Case, skip_locked=not wait)
    return session.scalars(query).all()


def cases_seen(session: Session, application_ids: Collection[UUID], actor: Actor) -> set[UUID]:
    """Which of these exist for the actor."""
    return {c.application_id for c in session.scalars(_cases(application_ids)) if visible(c, actor)}


def _cases(application_ids: Collection[UUID]) -> sa.Select[Case]:
    query = sa.select(Case).options(selectinload(Case.steps), joinedload(Case.unit))
    return query.where(Case.application_id.in_(application_ids))


def readers(case: Case) -> set[UUID]:
    """The bodies that have, or had, a step of the case open, and those that watch one; a recall takes it from all."""
    present = [step for step in case.steps if case.state != CaseState.RECALLED and step.round >= case.first_round]
    opened = {step.body_id for step in present if step.opened_at}
    return opened | {step.escalated_to for step in present if step.escalated_to}


def visible(case: Case, actor: Actor) -> bool:
    return may_read(actor, unit_id=case.unit_id, filler_id=case.filler_id, bodies=readers(case))


def _visible(case: Case | None, actor: Actor) -> Case:
    if case is None or not visible(case, actor):
        raise NotFound
    return case


def version_of(session: Session, case: Case) -> ProgrammeVersion | None:
    """The version of the programme that the case runs on; None while it is not known here."""
    return session.get(ProgrammeVersion, (case.programme, case.programme_version))


def label(version: ProgrammeVersion | None, status: str) -> dict[str, str] | None:
    """How the programme itself names this status, when it does."""
    found = version.labels.get(status) if version else None
    return dict(found) if found else None


def default_opinions(version: ProgrammeVersion | None) -> dict[str, dict[str, str]]:
    """What the programme words as the opinion of a pass, by step (S1-34)."""
    steps = [step for entry in (version.route if version else ()) for step in entry.get("parallel", [entry])]
    return {step["key"]: step["default_opinion"] for step in steps if step.get("default_opinion")}


def items_known(session: Session, case: Case) -> list[str] | None:
    """What a return of this case may list."""
    version = session.get(ProgrammeVersion, (case.programme, case.programme_version))
    return version.items if version else None


def cases_page(session: Session, actor: Actor, wanted: Wanted) -> Page[Case]:
    """Cases of a unit, of a filler, or all for an administrator; those that moved last come first."""
    query = _scope(actor, wanted.tab, wanted.project_id).options(
        joinedload(Case.unit), selectinload(Case.steps.and_(Step.state == StepState.OPEN))
    )
    if wanted.q:
        query = query.where(Case.reference.startswith(wanted.q, autoescape=True))
    if wanted.overdue:
        query = query.where(_overdue())
    by = [Case.moved_at, Case.application_id]
    return page(session, query, by=by, after=wanted.after, limit=wanted.limit)


def case_counts(session: Session, actor: Actor, project_id: UUID | None) -> dict[str, int]:
    """How many cases stand under each tab, up to the bound."""
    asked = {tab: _scope(actor, tab, project_id) for tab in STATE_OF_TAB}
    return bounded_counts(session, asked | {"overdue": asked["open"].where(_overdue())}, BOUND)


def _overdue() -> sa.ColumnElement[bool]:
    """A step of it is open and its limit has passed."""
    own = sa.and_(Step.application_id == Case.application_id, Step.round == Case.round)
    return sa.exists().where(own, Step.state == StepState.OPEN, Step.overdue_at.is_not(None)).correlate(Case)


def _scope(actor: Actor, tab: str, project_id: UUID | None) -> sa.Select[Case]:
    query = sa.select(Case)
    if actor.kind == Kind.UNIT:
        query = query.where(Case.unit_id == actor.unit_id)
    elif actor.kind == Kind.SUB_ACCOUNT:
        query = query.where(Case.filler_id == actor.account_id, Case.unit_id == actor.unit_id)
    elif actor.kind == Kind.PERSON:
        query = query.where(Case.filler_id == actor.account_id)
    elif actor.kind != Kind.ADMIN:
        raise NotAllowed("wrong_kind_of_account")
    state = STATE_OF_TAB.get(tab)
    query = query.where(Case.state == state if state else Case.state != CaseState.RECALLED)
    return query.where(Case.project_id == project_id) if project_id else query


def log_page(session: Session, case: Case, *, after: str | None, limit: int) -> Page[LogEntry]:
    """The log of a case, oldest first."""
    query = sa.select(LogEntry).where(LogEntry.application_id == case.application_id)
    return page(session, query, by=[LogEntry.entry_id], after=after, limit=limit, descending=False)
