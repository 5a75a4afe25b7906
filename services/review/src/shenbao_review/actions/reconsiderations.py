"""Reconsideration: asked for once, within the programme's working days, decided by its own steps (B-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shenbao_common.bus import outbox
from shenbao_common.contracts.review import ReconsiderationAskedV1, ReconsiderationDecidedV1
from shenbao_common.data import audit, of_person
from shenbao_common.kernel import routing
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound, Problem, RuleBroken, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_review.actions.decisions import Verdict
from shenbao_review.domain.decision import ensure_may, ensure_no_conflict
from shenbao_review.domain.states import Action, CaseState, ReconsiderationState, StepState
from shenbao_review.models import Case, LogEntry, Reconsideration, ReconsiderationStep
from shenbao_review.queries import reconsiderations
from shenbao_review.queries.arrivals import known
from shenbao_review.queries.officers import party, subject
from shenbao_review.queries.places import places


def ask(session: Session, case: Case, reason: str, *, actor: Actor, now: datetime) -> Reconsideration:
    """The first of its steps waits from now on. The case is held, so of two who ask at once one is refused."""
    terms = reconsiderations.terms_of(session, case)
    if terms is None:
        raise _refused("no_reconsideration")
    if reconsiderations.of_case(session, case.application_id) is not None:
        raise _refused("reconsideration_asked")
    if case.state != CaseState.FAILED:
        raise _refused("not_rejected")
    last_day = reconsiderations.last_day(session, case, terms)
    if office_day(now) > last_day:
        raise _refused("reconsideration_over", last_day=last_day.isoformat())
    made = Reconsideration(
        reconsideration_id=uuid7(),
        application_id=case.application_id,
        reference=case.reference,
        asked_by=actor.account_id,
        asked_at=now,
        last_day=last_day,
        reason=of_person.of(case.filler_id, reason),
        state=ReconsiderationState.OPEN,
    )
    made.steps = [_step(n, word, body) for n, (word, body) in enumerate(_bodies(session, case, terms["steps"]))]
    session.add(made)
    session.flush()
    session.add(_line(case, Action.RECONSIDER, now, account=actor))
    case.version += 1
    asked = ReconsiderationAskedV1(
        application_id=case.application_id, reconsideration_id=made.reconsideration_id, asked_at=now
    )
    outbox.record(session, asked)
    return made


def _refused(code: str, **params: Any) -> RuleBroken:
    return RuleBroken(code, Problem(code, "", params))


def _bodies(
    session: Session, case: Case, words: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], routing.Body]]:
    try:
        around = places(session, case, {word["decider"] for word in words}, known(session, case))
        return [(word, routing.decider(word["decider"], around)) for word in words]
    except routing.Unresolved as missing:
        raise Conflict(missing.reason) from missing


def _step(number: int, word: Mapping[str, Any], body: routing.Body) -> ReconsiderationStep:
    return ReconsiderationStep(
        step_id=uuid7(),
        number=number,
        key=word["key"],
        name_zh=word["zh"],
        name_en=word["en"],
        body_id=body.id,
        body_name=body.name,
        state=StepState.WAITING if number else StepState.OPEN,
    )


def decide(session: Session, asked: Reconsideration, case: Case, step_id: object, verdict: Verdict) -> None:
    """A pass leads on, and the last one grants what was asked; a failure leaves the decision as it is. It is held."""
    step = next((s for s in asked.steps if s.step_id == step_id), None)
    if step is None:
        raise NotFound
    if step.body_id != verdict.actor.organisation_id:
        raise NotAllowed("not_deciding_body")
    ensure_may(verdict.actor, verdict.action)
    ensure_no_conflict(party(session, verdict.actor), subject(case))
    if step.state != StepState.OPEN:
        raise Conflict("step_not_open", state=step.state)
    if verdict.action == Action.FAIL and not (verdict.opinion or "").strip():
        ensure([Problem("opinion_required", "opinion")])
    _carry_out(session, asked, case, step, verdict)


def _carry_out(
    session: Session, asked: Reconsideration, case: Case, step: ReconsiderationStep, verdict: Verdict
) -> None:
    passed = verdict.action == Action.PASS
    step.state = StepState.PASSED if passed else StepState.FAILED
    step.opinion = of_person.of(case.filler_id, verdict.opinion)
    step.decided_at, step.decided_by = verdict.now, verdict.actor.account_id
    audit.record(
        session,
        "decision",
        actor=verdict.actor,
        subject=case.application_id,
        step=step.key,
        action=verdict.action.value,
    )
    waiting = [other for other in asked.steps if other.state == StepState.WAITING]
    case.version += 1
    if passed and waiting:
        waiting[0].state = StepState.OPEN
        session.add(_line(case, Action.PASS, verdict.now, step=step, verdict=verdict))
        return
    for other in waiting:
        other.state = StepState.CANCELLED
    asked.state = ReconsiderationState.GRANTED if passed else ReconsiderationState.UPHELD
    asked.decided_at = verdict.now
    told = replace(verdict, action=Action.GRANT if passed else Action.UPHOLD)
    session.add(_line(case, told.action, verdict.now, step=step, verdict=told))
    outbox.record(
        session,
        ReconsiderationDecidedV1(
            application_id=asked.application_id,
            reconsideration_id=asked.reconsideration_id,
            granted=passed,
            decided_at=verdict.now,
        ),
    )


def _line(
    case: Case,
    action: Action,
    now: datetime,
    *,
    account: Actor | None = None,
    step: ReconsiderationStep | None = None,
    verdict: Verdict | None = None,
) -> LogEntry:
    who = verdict.actor if verdict else account
    return LogEntry(
        application_id=case.application_id,
        round=case.round,
        step_key=step.key if step else None,
        name_zh=step.name_zh if step else None,
        name_en=step.name_en if step else None,
        body_id=step.body_id if step else case.unit_id,
        body_name=step.body_name if step else (case.unit.name if case.unit else ""),
        account_id=who.account_id if who else None,
        action=action,
        opinion=of_person.of(case.filler_id, (verdict.opinion or "").strip() or None) if verdict else None,
        at=now,
    )
