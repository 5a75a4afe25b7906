"""Deciding a step: once a round, by its decider, with an opinion where the programme asks for one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.contracts.review import StepFailedV1, StepPassedV1, StepReturnedV1
from shenbao_common.data import audit, of_person
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, NotAllowed, NotFound, Problem, Refusal, ensure
from shenbao_review.actions import claims
from shenbao_review.actions import progress as moves
from shenbao_review.domain import progress
from shenbao_review.domain.decision import (
    Item,
    body_of,
    ensure_may,
    ensure_no_conflict,
    ensure_not_claimed,
    exam_objections,
    objections,
)
from shenbao_review.domain.states import Action, CaseState, StepState
from shenbao_review.models import Case, LogEntry, PackageCase, Step
from shenbao_review.queries import cases
from shenbao_review.queries.officers import Mark, marks, party, subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is decided, by whom, when. items: what alone is to be corrected, each with its reason.

    score: of an examination.
    """

    actor: Actor
    action: Action
    opinion: str | None
    now: datetime
    items: Sequence[Item] = ()
    score: float | None = None
    batch_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case of a batch; code and errors say why it was refused."""

    application_id: UUID
    result: str
    code: str | None = None
    errors: Sequence[Problem] = ()


def decide(session: Session, case: Case, step_id: UUID, verdict: Verdict) -> None:
    """Decides one step of a case that is held for change, and carries out what follows."""
    mark = marks(session, verdict.actor, [case.application_id]).get(case.application_id, Mark())
    ensure_no_conflict(party(session, verdict.actor), subject(case))
    moves.settle(session, {case: _decide(session, case, step_id, verdict, mark)})
    claims.look(session, [case], verdict.actor)


def _decide(session: Session, case: Case, step_id: UUID, verdict: Verdict, mark: Mark) -> set[UUID]:
    step = next((s for s in case.steps if s.step_id == step_id), None)
    if step is None:
        raise NotFound
    if step.body_id != body_of(verdict.actor):
        raise NotAllowed("not_deciding_body")
    ensure_may(verdict.actor, verdict.action)
    if step.state != StepState.OPEN:
        raise Conflict("step_not_open", state=step.state)
    ensure_not_claimed(verdict.actor, mark.claimed_by, mark.claimed_at)
    known = cases.items_known(session, case) if verdict.items else None
    offered, needs = step.actions, step.opinion_required
    found = objections(verdict.action, verdict.opinion, verdict.items, offered=offered, needs=needs, known=known)
    ensure(found + exam_objections(verdict.action, verdict.score, step.exam))
    step.score = verdict.score
    return _carried_out(session, case, step, verdict, verdict.actor.account_id)


def conclude(session: Session, case: Case, step: Step, verdict: Verdict, account_id: UUID | None) -> None:
    """What follows when a step ends by its own kind of proceeding; account_id: None when time ended it."""
    moves.settle(session, {case: _carried_out(session, case, step, verdict, account_id)})


def conclude_all(session: Session, ended: Sequence[tuple[Case, Step, Verdict]], account_id: UUID | None) -> None:
    """The same for many cases at once, which are all held."""
    moves.settle(session, {case: _carried_out(session, case, step, how, account_id) for case, step, how in ended})


def _carried_out(session: Session, case: Case, step: Step, verdict: Verdict, account_id: UUID | None) -> set[UUID]:
    outcome = progress.after(moves.of_round(case), step.step_id, verdict.action)
    step.decided_by = account_id
    if verdict.action != Action.PASS:
        _leave_package(session, case, step, verdict)
    session.add(_entry(case, step, verdict, account_id))
    by = verdict.actor if account_id else None
    audit.record(session, "decision", actor=by, subject=case.application_id, step=step.key, action=verdict.action.value)
    news = _news(step, verdict, final=outcome.case == CaseState.PASSED)
    return moves.move(session, case, outcome, at=verdict.now, news=news)


def _leave_package(session: Session, case: Case, step: Step, verdict: Verdict) -> None:
    """What is returned or failed is no longer of the package in which the level below sent it (S4a-07)."""
    reason = (verdict.opinion or "").strip() or "；".join(line.reason for line in verdict.items) or None
    own = sa.update(PackageCase).where(PackageCase.step_id == step.step_id)
    session.execute(own.values(returned_at=verdict.now, reason=of_person.of(case.filler_id, reason)))


def decide_all(
    session: Session, application_ids: Sequence[UUID], verdict: Verdict, versions: Mapping[UUID, int]
) -> list[Result]:
    """Decides the open step of the actor's body in each case; a refused one does not touch the others.

    versions: of the cases as the actor saw them; one that has changed since, or is being changed, is `stale`. Waiting
    for such a case while holding many others could end in two transactions that wait for each other.
    """
    held = {case.application_id: case for case in cases.cases_to_change(session, application_ids, wait=False)}
    others = [application_id for application_id in application_ids if application_id not in held]
    moving = cases.cases_seen(session, others, verdict.actor) if others else set()
    known, officer = marks(session, verdict.actor, held), party(session, verdict.actor)
    results, decided = [], {}
    for application_id in dict.fromkeys(application_ids):
        try:
            case = _unchanged(held.get(application_id), verdict.actor, versions, moving=application_id in moving)
            mark = known.get(application_id, Mark())
            ensure_no_conflict(officer, subject(case))
            decided[case] = _decide(session, case, _own_open_step(case, verdict.actor), verdict, mark)
        except Refusal as no:
            refused = Result(application_id=application_id, result="refused", code=no.code, errors=no.problems)
            results.append(refused)
        else:
            results.append(Result(application_id=application_id, result="decided"))
    moves.settle(session, decided)
    claims.look(session, decided, verdict.actor)
    return results


def _unchanged(case: Case | None, actor: Actor, versions: Mapping[UUID, int], *, moving: bool) -> Case:
    if moving:
        raise Conflict("stale")
    if case is None or not cases.visible(case, actor):
        raise NotFound
    claims.ensure_first(case, actor)
    if versions.get(case.application_id, case.version) != case.version:
        raise Conflict("stale")
    return case


def _own_open_step(case: Case, actor: Actor) -> UUID:
    own = body_of(actor)
    found = next((s for s in case.steps if s.body_id == own and s.state == StepState.OPEN), None)
    if found is None:
        raise Conflict("step_not_open")
    return found.step_id


def _entry(case: Case, step: Step, verdict: Verdict, account_id: UUID | None) -> LogEntry:
    return LogEntry(
        application_id=case.application_id,
        round=case.round,
        step_key=step.key,
        name_zh=step.name_zh,
        name_en=step.name_en,
        body_id=step.body_id,
        body_name=step.body_name,
        account_id=account_id,
        action=verdict.action,
        opinion=of_person.of(case.filler_id, (verdict.opinion or "").strip() or None),
        items=of_person.of(case.filler_id, [asdict(line) for line in verdict.items] or None),
        batch_id=verdict.batch_id,
        at=verdict.now,
    )


def _news(step: Step, verdict: Verdict, *, final: bool) -> StepPassedV1 | StepReturnedV1 | StepFailedV1:
    facts: dict[str, Any] = {
        "application_id": step.application_id,
        "step_key": step.key,
        "round": step.round,
        "organisation_id": step.body_id,
        "decided_at": verdict.now,
    }
    if verdict.action == Action.PASS:
        return StepPassedV1(**facts, final=final)
    if verdict.action == Action.RETURN:
        return StepReturnedV1(**facts, items=tuple(line.item for line in verdict.items))
    return StepFailedV1(**facts)
