"""Lays out the route of a case and opens its first stage."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, selectinload

from shenbao_common.kernel import routing
from shenbao_common.kernel.ids import uuid7
from shenbao_review.actions import progress as moves
from shenbao_review.actions import tallies
from shenbao_review.domain import progress, route
from shenbao_review.domain.states import Action, StepState
from shenbao_review.models import Case, LogEntry, Step
from shenbao_review.queries import arrivals
from shenbao_review.queries.cases import cases_to_change
from shenbao_review.queries.places import places

_log = structlog.get_logger()
_WAITING = 0x5368656E5774  # "ShenWt"


def lay_out(session: Session, case: Case) -> None:
    """Makes the steps of the present round; a case whose facts are not all known here waits for them."""
    # What is read here is not changed here: the new rows are written once, when all is settled.
    with session.no_autoflush:
        log = _laid_out(session, case, arrivals.known(session, case))
    if case.routed:
        session.add_all(log)
        moves.carry_out(session, case, progress.begun(moves.of_round(case)), at=case.submitted_at)


def lay_out_new(session: Session, case: Case, known: arrivals.Known) -> None:
    """The same for a case that has no row yet, and is not of the session: its rows are written together."""
    log = _laid_out(session, case, known)
    queued: list[dict[str, Any]] = []
    if case.routed:
        bodies = moves.move(session, case, progress.begun(moves.of_round(case)), at=case.submitted_at)
        queued, _ = moves.in_queues({case: bodies})
        tallies.note(session, [case])
    arrivals.write(session, case, log, queued)


def look_again(session: Session, application_id: UUID) -> None:
    """For a case whose row says that it waits: who told the missing fact between the look and the row passed it by.

    Whoever tells one from here on finds the row; who is telling one is waited for.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_WAITING)))
    for case in cases_to_change(session, [application_id]):
        lay_out(session, case)


def _laid_out(session: Session, case: Case, known: arrivals.Known) -> list[LogEntry]:
    """Gives the case its steps, if its route is clear, and answers what the log says of those carried out already."""
    try:
        planned = _planned(session, case, known)
    except routing.Unresolved as missing:
        _log.warning("route_waits", application_id=str(case.application_id), reason=missing.reason)
        return []
    case.routed = True
    case.steps.extend(_step(case, step) for step in planned)
    return [_reported(case, step) for step in planned if step.rule.carried_out]


def lay_out_waiting(session: Session) -> None:
    """Tries the cases again that waited for what has just become known."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_WAITING)))
    waiting = sa.select(Case).options(selectinload(Case.steps)).where(~Case.routed).with_for_update()
    for case in session.scalars(waiting.order_by(Case.application_id)).all():
        lay_out(session, case)


def _planned(session: Session, case: Case, known: arrivals.Known) -> Sequence[routing.Planned]:
    if known.route is None:
        raise routing.Unresolved("no_programme")
    stages = routing.without(routing.read(known.route), case.skips or ())
    facts = {"tier": case.tier, "variant": case.variant}
    around = places(session, case, routing.resolvers(stages, facts, route.applies), known)
    steps = routing.plan(stages, facts, around, route.applies)
    if case.round == case.first_round:
        return steps
    past = _past(case)
    return route.entered(steps, known.re_entry_step, progress.returned_stage(past), progress.kept(past))


def _past(case: Case) -> list[progress.Past]:
    return [
        progress.Past(round=s.round, stage=s.stage, key=s.key, state=StepState(s.state))
        for s in case.steps
        if case.first_round <= s.round < case.round
    ]


def _step(case: Case, planned: routing.Planned) -> Step:
    rule, done = planned.rule, planned.rule.carried_out
    return Step(
        step_id=uuid7(),
        application_id=case.application_id,
        round=case.round,
        stage=planned.stage,
        key=rule.key,
        name_zh=rule.zh,
        name_en=rule.en,
        body_id=planned.body.id,
        body_name=planned.body.name,
        actions=[] if rule.publicity or planned.body.committee_id else list(rule.actions),
        publicity=dict(rule.publicity) if rule.publicity else None,
        committee=dict(rule.committee or {}) if planned.body.committee_id else None,
        committee_id=planned.body.committee_id,
        exam=dict(rule.exam) if rule.exam else None,
        opinion_required=list(rule.opinion),
        state=StepState.PASSED if done else StepState.WAITING,
        opened_at=None,
        decided_at=case.submitted_at if done else None,
        decided_by=case.operator_id if done else None,
        limit_days=rule.limit.working_days if rule.limit else None,
        remind_before=rule.limit.remind_before if rule.limit else None,
        escalate=bool(rule.limit and rule.limit.escalate),
    )


def _reported(case: Case, planned: routing.Planned) -> LogEntry:
    return LogEntry(
        application_id=case.application_id,
        round=case.round,
        step_key=planned.rule.key,
        name_zh=planned.rule.zh,
        name_en=planned.rule.en,
        body_id=planned.body.id,
        body_name=planned.body.name,
        account_id=case.operator_id,
        action=Action.REPORT,
        opinion=None,
        at=case.submitted_at,
    )
