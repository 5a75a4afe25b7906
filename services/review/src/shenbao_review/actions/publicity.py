"""Official publicity: posted with masked values, ended by time; an objection suspends its own case only (B-06)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.review import PublicityStartedV1
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_review.actions import erasing, timers
from shenbao_review.actions.decisions import Verdict, conclude
from shenbao_review.domain.calendar import end_of
from shenbao_review.domain.decision import body_of, ensure_may
from shenbao_review.domain.states import Action, ObjectionState, PublicityState, PublicState, StepState
from shenbao_review.models import Case, Objection, Publicity, PublicityCase, Step
from shenbao_review.queries.calendar import calendar
from shenbao_review.queries.cases import cases_to_change

Row = TypeVar("Row")
Rows = Sequence[Mapping[str, Any]]
"""What is shown of each case, by `application_id`."""

MOST_OPEN = 20
"""Objections to one case that wait at the same time; with their papers ten megabytes."""

ENDS = "publicity_ends"
_NOBODY = Actor(account_id=UUID(int=0), kind=Kind.SERVICE)


def post(session: Session, title: str, rows: Rows, *, actor: Actor, now: datetime) -> Publicity:
    """Posts the cases that these rows show; each waits at a publicity step of the actor's body."""
    ensure_may(actor, Action.PASS)
    cases = {c.application_id: c for c in cases_to_change(session, [UUID(row["application_id"]) for row in rows])}
    steps = [_waiting(cases.get(UUID(row["application_id"])), actor) for row in rows]
    ensure([Problem("not_in_publicity_step", f"cases.{n}") for n, step in enumerate(steps) if step is None])
    taken = sa.select(PublicityCase.step_id).where(PublicityCase.step_id.in_([s.step_id for s in steps if s]))
    posted = set(session.scalars(taken))
    ensure([Problem("already_posted", f"cases.{n}") for n, step in enumerate(steps) if step and step.step_id in posted])
    found = [step for step in steps if step is not None]
    terms = [step.publicity or {} for step in found]
    if any(term != terms[0] for term in terms):
        raise Conflict("different_terms")
    notice = _notice(session, title, found[0], rows, actor, now)
    session.add(notice)
    for number, (step, row) in enumerate(zip(found, rows, strict=True), 1):
        session.add(_case(session, notice, number, step, row))
        outbox.record(session, _started(notice, step))
    timers.wind(session, ENDS, notice.publicity_id, end_of(notice.last_day))
    return notice


def _waiting(case: Case | None, actor: Actor) -> Step | None:
    own = body_of(actor)
    steps = case.steps if case else ()
    return next((s for s in steps if s.state == StepState.OPEN and s.publicity and s.body_id == own), None)


def _notice(session: Session, title: str, step: Step, rows: Rows, actor: Actor, now: datetime) -> Publicity:
    terms = step.publicity or {}
    day, length = office_day(now), int(terms["working_days"])
    last = calendar(session, day).last_day(day, length, count_first=bool(terms.get("count_first_day")))
    shown = json.dumps([title, rows], ensure_ascii=False, sort_keys=True)
    return Publicity(
        publicity_id=uuid7(),
        body_id=step.body_id,
        body_name=step.body_name,
        title=title,
        working_days=length,
        state=PublicityState.RUNNING,
        posted_at=now,
        posted_by=actor.account_id,
        last_day=last,
        content_hash=sha256(shown.encode()).hexdigest(),
    )


def _started(notice: Publicity, step: Step) -> PublicityStartedV1:
    return PublicityStartedV1(
        application_id=step.application_id,
        publicity_id=notice.publicity_id,
        step_key=step.key,
        round=step.round,
        organisation_id=step.body_id,
        starts_on=office_day(notice.posted_at),
        ends_on=notice.last_day,
    )


def _case(session: Session, notice: Publicity, number: int, step: Step, row: Mapping[str, Any]) -> PublicityCase:
    shown = {key: value for key, value in row.items() if key != "application_id"}
    return PublicityCase(
        publicity_id=notice.publicity_id,
        application_id=step.application_id,
        number=number,
        step_id=step.step_id,
        shown=erasing.of_filler(session, step.application_id, shown),
        state=PublicState.POSTED,
    )


def object_to(
    session: Session, case: PublicityCase, content: dict[str, str], attachment: dict[str, str] | None, *, now: datetime
) -> Objection:
    """Takes an objection in, and suspends this case; the others run on. The row is held.

    Anybody may object without being known, so what waits to be decided about one case is bounded.
    """
    if _open(session, case) >= MOST_OPEN:
        raise Conflict("objections_wait", most=MOST_OPEN)
    objection = Objection(
        objection_id=uuid7(),
        publicity_id=case.publicity_id,
        application_id=case.application_id,
        content=erasing.of_filler(session, case.application_id, content),
        attachment=erasing.of_filler(session, case.application_id, attachment),
        raised_at=now,
        state=ObjectionState.OPEN,
    )
    session.add(objection)
    case.state = PublicState.SUSPENDED
    return objection


def _open(session: Session, case: PublicityCase) -> int:
    same = sa.and_(Objection.publicity_id == case.publicity_id, Objection.application_id == case.application_id)
    waiting = sa.select(sa.func.count()).select_from(Objection).where(same, Objection.state == ObjectionState.OPEN)
    return session.scalar(waiting) or 0


def decide(session: Session, objection: Objection, *, upheld: bool, verdict: Verdict) -> None:
    """Decides an objection with an opinion: one that is upheld ends the case, one that is not lets it go on."""
    ensure_may(verdict.actor, Action.PASS)
    if objection.state != ObjectionState.OPEN:
        raise Conflict("already_decided")
    if not (verdict.opinion or "").strip():
        ensure([Problem("opinion_required", "opinion")])
    # Held in the order of `end`, and read anew: a further objection or the end of the period may have come meanwhile.
    notice = _held(session, Publicity, objection.publicity_id)
    case = _held(session, PublicityCase, (objection.publicity_id, objection.application_id))
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
    objection.opinion = erasing.of_filler(session, objection.application_id, verdict.opinion)
    objection.decided_at, objection.decided_by = verdict.now, verdict.actor.account_id
    session.flush()
    if case.state != PublicState.SUSPENDED:
        return
    if upheld:
        _conclude(session, case, replace(verdict, action=Action.FAIL), verdict.actor.account_id)
    elif not _open(session, case):
        case.state = PublicState.POSTED
        if notice.state == PublicityState.ENDED:
            _conclude(session, case, replace(verdict, action=Action.PASS), verdict.actor.account_id)


def _held(session: Session, kind: type[Row], key: Any) -> Row:
    # Not FOR UPDATE: whoever objects holds the case, and refers to the notice.
    return session.get_one(kind, key, with_for_update={"key_share": True}, populate_existing=True)


def _by_time(now: datetime) -> Verdict:
    return Verdict(actor=_NOBODY, action=Action.PASS, opinion=None, now=now)


def end(session: Session, publicity_id: UUID, now: datetime) -> bool:
    """The period is over: the notice is taken down, what nobody objected to goes on (timer)."""
    notice = session.get(Publicity, publicity_id, with_for_update={"key_share": True})
    if notice is None or notice.state == PublicityState.ENDED:
        return True
    posted = sa.select(PublicityCase).where(PublicityCase.publicity_id == publicity_id)
    waiting = posted.where(PublicityCase.state == PublicState.POSTED).order_by(PublicityCase.application_id)
    for case in session.scalars(waiting.with_for_update()).all():
        _conclude(session, case, _by_time(now), None)
    notice.state, notice.taken_down_at = PublicityState.ENDED, now
    return True


def _conclude(session: Session, case: PublicityCase, verdict: Verdict, account_id: UUID | None) -> None:
    held = next(iter(cases_to_change(session, [case.application_id])), None)
    step = next((s for s in held.steps if s.step_id == case.step_id), None) if held else None
    case.state = PublicState.PASSED if verdict.action == Action.PASS else PublicState.FAILED
    # A case that was recalled meanwhile has no such step open any more.
    if held is not None and step is not None and step.state == StepState.OPEN:
        conclude(session, held, step, verdict, account_id)
