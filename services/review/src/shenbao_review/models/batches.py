"""One decision for many cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_review.models.base import Base


class Batch(Base):
    """One decision for many cases, carried out piece by piece by the workers (B-07).

    actor: who decides, with the permissions of the moment; opinion: sealed like that of a decision.
    stopped_why: the code of the refusal that ended it, or `by_hand`. tried_at: when a worker last had it in hand; they
    take turns.
    """

    __tablename__ = "batch"
    __table_args__ = (
        sa.Index("batch_body", "body_id", "batch_id"),
        sa.Index("batch_running", "batch_id", postgresql_where=sa.text("state = 'running'")),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID]
    actor: Mapped[dict[str, Any]]
    action: Mapped[str]
    opinion: Mapped[str | None] = mapped_column(SealedJson)
    state: Mapped[str]
    stopped_why: Mapped[str | None]
    total: Mapped[int]
    decided: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]


class BatchItem(Base):
    """One case of a batch, in the order in which it was named. version: as the officer saw it, None for any."""

    __tablename__ = "batch_item"
    __table_args__ = (sa.Index("batch_item_result", "batch_id", "result", "number"),)

    batch_id: Mapped[UUID] = mapped_column(sa.ForeignKey("batch.batch_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    reference: Mapped[str]
    version: Mapped[int | None]
    result: Mapped[str]
    code: Mapped[str | None]
    errors: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
