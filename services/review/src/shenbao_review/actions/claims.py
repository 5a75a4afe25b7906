"""Officers of one office share its queue: who claims a case decides it, and everybody sees what is new to them."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed
from shenbao_review.domain.decision import (
    ASSIGN,
    ensure_no_conflict,
    ensure_not_claimed,
    ensure_not_decided,
    ensure_officer,
)
from shenbao_review.domain.states import StepState
from shenbao_review.models import Case, QueueEntry, Seen
from shenbao_review.queries.officers import party, subject

_SEEN = cast(sa.Table, Seen.__table__)


def claim(session: Session, case: Case, actor: Actor, now: datetime) -> None:
    """Takes a case that waits for the actor's office out of its pool; the case is held."""
    ensure_officer(actor)
    entry = _entry(session, case, actor)
    if entry.tab != StepState.OPEN:
        ensure_first(case, actor)
        raise Conflict("step_not_open")
    ensure_no_conflict(party(session, actor), subject(case))
    ensure_not_claimed(actor, entry.claimed_by, entry.claimed_at)
    if entry.claimed_by is None:
        entry.claimed_by, entry.claimed_at = actor.account_id, now


def release(session: Session, case: Case, actor: Actor) -> None:
    """Puts it back in the pool: by its claimer, or by who assigns work in the office."""
    entry = _entry(session, case, actor)
    if entry.claimed_by not in {None, actor.account_id}:
        actor.require(ASSIGN)
    entry.claimed_by = entry.claimed_at = None


def ensure_first(case: Case, actor: Actor, step_id: UUID | None = None) -> None:
    """Tells an officer who comes after a colleague of the same office who decided the step, and when.

    step_id: the step that is to be decided; without it, what waited for the office in the present round.
    """
    own = [step for step in case.steps if actor.kind == Kind.OFFICE and step.body_id == actor.organisation_id]
    meant = [step for step in own if (step.step_id == step_id if step_id else step.round == case.round)]
    decided = [(step.decided_at, step.decided_by) for step in meant if step.decided_at is not None]
    if not decided or any(step.state == StepState.OPEN for step in meant):
        return
    ensure_officer(actor)
    decided_at, decided_by = max(decided, key=lambda one: one[0])
    ensure_not_decided(actor, decided_by, decided_at)


def _entry(session: Session, case: Case, actor: Actor) -> QueueEntry:
    found = session.get(QueueEntry, (actor.organisation_id, case.application_id)) if actor.organisation_id else None
    if found is None:
        raise NotAllowed("not_deciding_body")
    return found


def look(session: Session, cases: Iterable[Case], actor: Actor) -> None:
    """Remembers that the actor has seen the cases as they are now."""
    rows = [
        {"account_id": actor.account_id, "application_id": c.application_id, "version": c.version}
        for c in sorted(cases, key=lambda case: case.application_id)
    ]
    if rows:
        new = insert(_SEEN)
        kept = {"version": new.excluded.version}
        session.execute(new.on_conflict_do_update(index_elements=["account_id", "application_id"], set_=kept), rows)
