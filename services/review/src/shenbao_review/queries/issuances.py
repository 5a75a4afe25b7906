"""Issuances of an office."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_review.models import Issuance, Publicity

_WHOLE = sa.select(Issuance).options(selectinload(Issuance.numbers))


def notice_held(session: Session, publicity_id: UUID, body_id: UUID | None) -> Publicity:
    """A notice of one's own office, held against everybody else."""
    own = sa.select(Publicity).where(Publicity.publicity_id == publicity_id, Publicity.body_id == body_id)
    found = session.scalar(own.with_for_update(key_share=True))
    if found is None:
        raise NotFound
    return found


def issuance_of(session: Session, issuance_id: UUID, body_id: UUID | None, *, held: bool = False) -> Issuance:
    own = _WHOLE.where(Issuance.issuance_id == issuance_id, Issuance.body_id == body_id)
    found = session.scalar(own.with_for_update(of=Issuance) if held else own)
    if found is None:
        raise NotFound
    return found


def of_notice(session: Session, publicity_id: UUID) -> Issuance | None:
    return session.scalar(_WHOLE.where(Issuance.publicity_id == publicity_id))


def of_notices(session: Session, publicity_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Those that there are, by notice."""
    own = sa.select(Issuance.publicity_id, Issuance.issuance_id).where(Issuance.publicity_id.in_(publicity_ids))
    return {row.publicity_id: row.issuance_id for row in session.execute(own)}


def page_of_office(session: Session, body_id: UUID | None, *, after: str | None, limit: int) -> Page[Issuance]:
    """The latest first, without their numbers."""
    own = sa.select(Issuance).where(Issuance.body_id == body_id)
    return page(session, own, by=[Issuance.issuance_id], after=after, limit=limit)
