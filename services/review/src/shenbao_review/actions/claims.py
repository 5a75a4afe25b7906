"""Officers of one office share its queue: who claims a case decides it, and everybody sees what is new to them."""

from collections.abc import Iterable
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.errors import Conflict, NotAllowed
from shenbao_review.domain.decision import ASSIGN, ensure_no_conflict, ensure_not_claimed, ensure_officer
from shenbao_review.domain.states import StepState
from shenbao_review.models import Case, QueueEntry, Seen
from shenbao_review.queries.officers import party, subject

_SEEN = cast(sa.Table, Seen.__table__)


def claim(session: Session, case: Case, actor: Actor) -> None:
    """Takes a case that waits for the actor's office out of its pool; the case is held."""
    ensure_officer(actor)
    entry = _entry(session, case, actor)
    if entry.tab != StepState.OPEN:
        raise Conflict("step_not_open")
    ensure_no_conflict(party(session, actor), subject(case))
    ensure_not_claimed(actor, entry.claimed_by)
    entry.claimed_by = actor.account_id


def release(session: Session, case: Case, actor: Actor) -> None:
    """Puts it back in the pool: by its claimer, or by who assigns work in the office."""
    entry = _entry(session, case, actor)
    if entry.claimed_by not in {None, actor.account_id}:
        actor.require(ASSIGN)
    entry.claimed_by = None


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
