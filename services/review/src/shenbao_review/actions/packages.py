"""Reporting up: one level examines, sums up and sends on in one package; the next takes it in (S4a-07)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_review.actions.decisions import Verdict, decide_all
from shenbao_review.domain.decision import body_of
from shenbao_review.domain.states import StepState
from shenbao_review.models import Case, Package, PackageCase, Step


def report_up(session: Session, title: str, application_ids: Sequence[UUID], verdict: Verdict) -> Package:
    """Passes the cases and sends them to the office above; all of them, or none where one is refused.

    Cases that go different ways, or are through, are no package.
    """
    results = {result.application_id: result for result in decide_all(session, application_ids, verdict, {})}
    refused = [(n, results[one].code) for n, one in enumerate(application_ids) if results[one].code]
    ensure([Problem(code or "", f"ids.{n}") for n, code in refused])
    session.flush()
    opened = _opened(session, application_ids, verdict.actor)
    ensure([Problem("nobody_above", f"ids.{n}") for n, one in enumerate(application_ids) if one not in opened])
    bodies = {step.body_id for step in opened.values()}
    if len(bodies) > 1:
        raise Conflict("different_offices")
    return _sent(session, title, [opened[one] for one in application_ids], verdict)


def _opened(session: Session, application_ids: Sequence[UUID], actor: Actor) -> dict[UUID, Step]:
    """The step that each case opened in another office; of several side by side none: nobody receives it whole."""
    own = sa.select(Step).where(Step.application_id.in_(application_ids), Step.state == StepState.OPEN)
    found: dict[UUID, list[Step]] = {}
    for step in session.scalars(own):
        found.setdefault(step.application_id, []).append(step)
    return {one: steps[0] for one, steps in found.items() if len(steps) == 1 and steps[0].body_id != body_of(actor)}


def _sent(session: Session, title: str, steps: Sequence[Step], verdict: Verdict) -> Package:
    ids = [step.application_id for step in steps]
    rows = session.execute(sa.select(Case.application_id, Case.reference).where(Case.application_id.in_(ids)))
    references = {row.application_id: row.reference for row in rows}
    own = sa.select(Step.body_id, Step.body_name).where(
        Step.application_id == ids[0], Step.body_id == body_of(verdict.actor)
    )
    sender = session.execute(own.limit(1)).one()
    made = Package(
        package_id=uuid7(),
        title=title,
        from_id=sender.body_id,
        from_name=sender.body_name,
        to_id=steps[0].body_id,
        to_name=steps[0].body_name,
        sent_at=verdict.now,
        sent_by=verdict.actor.account_id,
    )
    made.cases = [
        PackageCase(
            application_id=step.application_id,
            number=number,
            reference=references[step.application_id],
            step_id=step.step_id,
        )
        for number, step in enumerate(steps, 1)
    ]
    session.add(made)
    session.flush()
    return made


def receive(package: Package, actor: Actor, now: datetime) -> None:
    """Taken in by the office above, once. The package is held."""
    if package.received_at is not None:
        raise Conflict("already_received")
    package.received_at, package.received_by = now, actor.account_id
