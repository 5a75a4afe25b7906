"""Notices: those that everybody reads while they are posted, and those of one's own body with their objections."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound, Over
from shenbao_review.domain.states import PublicityState, PublicState
from shenbao_review.models import Objection, Publicity, PublicityCase


def notices(session: Session, body_id: UUID | None, *, after: str | None, limit: int) -> Page[Publicity]:
    """Of one body; without a body those that are posted now. The latest first."""
    query = sa.select(Publicity)
    query = query.where(Publicity.body_id == body_id) if body_id else query.where(_RUNNING)
    return page(session, query, by=[Publicity.publicity_id], after=after, limit=limit)


_RUNNING = Publicity.state == PublicityState.RUNNING


def notice(session: Session, publicity_id: UUID, body_id: UUID | None = None) -> Publicity:
    """One of one's own body; without a body one that is posted now. Of a notice taken down nobody else reads more than
    that it is over."""
    query = sa.select(Publicity).where(Publicity.publicity_id == publicity_id)
    found = session.scalar(query.where(Publicity.body_id == body_id) if body_id else query)
    if found is None:
        raise NotFound
    if body_id is None and found.state != PublicityState.RUNNING:
        raise Over("publicity_over")
    return found


def running_of(session: Session, application_id: UUID) -> Publicity | None:
    """The notice in which a case is posted now."""
    posted = sa.select(Publicity).join(PublicityCase, PublicityCase.publicity_id == Publicity.publicity_id)
    return session.scalar(posted.where(PublicityCase.application_id == application_id, _RUNNING))


def shown(session: Session, publicity: Publicity) -> Sequence[PublicityCase]:
    """Its cases in their order."""
    own = sa.select(PublicityCase).where(PublicityCase.publicity_id == publicity.publicity_id)
    return session.scalars(own.order_by(PublicityCase.number)).all()


def objections(session: Session, publicity: Publicity) -> Sequence[Objection]:
    """What was objected, oldest first."""
    own = sa.select(Objection).where(Objection.publicity_id == publicity.publicity_id)
    return session.scalars(own.order_by(Objection.objection_id)).all()


def case_to_object(session: Session, publicity: Publicity, number: int) -> PublicityCase:
    """A case by its number in the notice, held. One that is through, since this moment too, is over."""
    own = sa.select(PublicityCase).where(
        PublicityCase.publicity_id == publicity.publicity_id, PublicityCase.number == number
    )
    found = session.scalar(own.with_for_update())
    if found is None:
        raise NotFound
    if found.state not in {PublicState.POSTED, PublicState.SUSPENDED}:
        raise Over("publicity_over")
    return found


def objection_of(session: Session, objection_id: UUID, body_id: UUID | None, *, held: bool = False) -> Objection:
    """An objection to a case of one's own body."""
    own = sa.select(Objection).join(Publicity, Publicity.publicity_id == Objection.publicity_id)
    query = own.where(Objection.objection_id == objection_id, Publicity.body_id == body_id)
    found = session.scalar(query.with_for_update(of=Objection) if held else query)
    if found is None:
        raise NotFound
    return found
