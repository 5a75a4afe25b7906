"""Batches of one's own body, and the result of each case."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shenbao_common.data.paging import Page, page
from shenbao_common.kernel.errors import NotFound
from shenbao_review.models import Batch, BatchItem


def batch_of(session: Session, batch_id: UUID, body_id: UUID | None, *, held: bool = False) -> Batch:
    """held: against the workers, until the transaction ends."""
    query = sa.select(Batch).where(Batch.batch_id == batch_id, Batch.body_id == body_id)
    found = session.scalar(query.with_for_update() if held else query)
    if found is None:
        raise NotFound
    return found


def batches_page(session: Session, body_id: UUID | None, *, after: str | None, limit: int) -> Page[Batch]:
    """The latest first."""
    query = sa.select(Batch).where(Batch.body_id == body_id)
    return page(session, query, by=[Batch.batch_id], after=after, limit=limit)


def results_page(
    session: Session, batch: Batch, *, result: str | None, after: str | None, limit: int
) -> Page[BatchItem]:
    """In the order in which the cases were named."""
    query = sa.select(BatchItem).where(BatchItem.batch_id == batch.batch_id)
    if result:
        query = query.where(BatchItem.result == result)
    return page(session, query, by=[BatchItem.number], after=after, limit=limit, descending=False)
