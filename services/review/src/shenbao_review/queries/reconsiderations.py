"""Reconsiderations: that of a case, and those of an office."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotFound
from shenbao_review.domain.states import CaseState, StepState
from shenbao_review.models import Case, ProgrammeVersion, Reconsideration, ReconsiderationStep
from shenbao_review.queries.calendar import calendar

_WHOLE = sa.select(Reconsideration).options(selectinload(Reconsideration.steps))


def terms_of(session: Session, case: Case) -> Mapping[str, Any] | None:
    """What the programme says of it; None where there is none."""
    version = session.get(ProgrammeVersion, (case.programme, case.programme_version))
    return version.reconsideration if version else None


def last_day(session: Session, case: Case, terms: Mapping[str, Any]) -> date:
    """Until when it may be asked for: working days after the day of the rejection."""
    failed = max(s.decided_at for s in case.steps if s.state == StepState.FAILED and s.decided_at)
    day = office_day(failed)
    return calendar(session, day).last_day(day, terms["working_days"])


def standing(session: Session, case: Case) -> dict[str, Any] | None:
    """Of a rejected case its reconsideration, or until when it may be asked for; None for other cases."""
    terms = terms_of(session, case) if case.state == CaseState.FAILED else None
    if terms is None:
        return None
    found = session.scalar(sa.select(Reconsideration).where(Reconsideration.application_id == case.application_id))
    if found is not None:
        return {"reconsideration_id": found.reconsideration_id, "state": found.state, "until": found.last_day}
    try:
        return {"reconsideration_id": None, "state": None, "until": last_day(session, case, terms)}
    except Conflict:  # A year without a calendar: nobody can say yet.
        return None


def of_case(session: Session, application_id: UUID) -> Reconsideration | None:
    return session.scalar(_WHOLE.where(Reconsideration.application_id == application_id))


def of_office(
    session: Session, reconsideration_id: UUID, body_id: UUID | None, *, held: bool = False
) -> Reconsideration:
    """One that has, had or will have a step of this office; for everybody else it does not exist."""
    wanted = _WHOLE.where(Reconsideration.reconsideration_id == reconsideration_id, _at(body_id))
    held_now = wanted.with_for_update(of=Reconsideration).execution_options(populate_existing=True)
    found = session.scalar(held_now if held else wanted)
    if found is None:
        raise NotFound
    return found


def page_of_office(
    session: Session, body_id: UUID, states: Collection[str], *, after: str | None, limit: int
) -> Page[Reconsideration]:
    """The latest first; states: of the office's own step."""
    wanted = _WHOLE.where(_at(body_id, states))
    return page(session, wanted, by=[Reconsideration.reconsideration_id], after=after, limit=limit)


def _at(body_id: UUID | None, states: Collection[str] = ()) -> sa.ColumnElement[bool]:
    own = sa.exists().where(
        ReconsiderationStep.reconsideration_id == Reconsideration.reconsideration_id,
        ReconsiderationStep.body_id == body_id,
    )
    return own.where(ReconsiderationStep.state.in_(states)) if states else own
