"""What an officer has to do with cases: who has claimed them, and what was looked at when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_review.domain.conflicts import Party, Subject
from shenbao_review.models import Case, QueueEntry, Seen
from shenbao_review.queries import committees


@dataclass(frozen=True, slots=True)
class Mark:
    """claimed_by, claimed_at: of the actor's own body; seen: the version that the actor looked at last."""

    claimed_by: UUID | None = None
    claimed_at: datetime | None = None
    seen: int | None = None


def subject(case: Case) -> Subject:
    """A case, as far as conflicts of interest depend on it."""
    return Subject(application_id=case.application_id, filler_id=case.filler_id, unit_id=case.unit_id)


def party(session: Session, actor: Actor) -> Party:
    """The actor, as far as conflicts of interest depend on it."""
    related = committees.related(session, [actor.account_id]) if actor.kind == Kind.OFFICE else {}
    return Party(account_id=actor.account_id, related=related.get(actor.account_id, set()))


def marks(session: Session, actor: Actor, application_ids: Collection[UUID]) -> dict[UUID, Mark]:
    """Of the cases in the queue of the actor's office; in one statement however many there are."""
    if actor.kind != Kind.OFFICE or not application_ids:
        return {}
    own = sa.and_(Seen.application_id == QueueEntry.application_id, Seen.account_id == actor.account_id)
    query = (
        sa.select(QueueEntry.application_id, QueueEntry.claimed_by, QueueEntry.claimed_at, Seen.version)
        .outerjoin(Seen, own)
        .where(QueueEntry.body_id == actor.organisation_id, QueueEntry.application_id.in_(application_ids))
    )
    return {row.application_id: Mark(row.claimed_by, row.claimed_at, row.version) for row in session.execute(query)}
