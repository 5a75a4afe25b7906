"""Reconsideration (复核) of a negative final decision: an object of its own, with its own steps and result (B-10)."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_review.models.base import TEXT_OF_FILLER, Base


class Reconsideration(Base):
    """Asked for once. last_day: until when it could be; reason: what the applicant says, a person's words."""

    __tablename__ = "reconsideration"

    reconsideration_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), unique=True)
    reference: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(TEXT_OF_FILLER)
    state: Mapped[str]
    decided_at: Mapped[datetime | None]

    steps: Mapped[list["ReconsiderationStep"]] = relationship(
        order_by="ReconsiderationStep.number", lazy="raise_on_sql"
    )


class ReconsiderationStep(Base):
    """One of its steps, with the pack's words as they were."""

    __tablename__ = "reconsideration_step"
    __table_args__ = (sa.Index("reconsideration_step_body", "body_id", "state", "reconsideration_id"),)

    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    reconsideration_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reconsideration.reconsideration_id"), index=True)
    number: Mapped[int]
    key: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    body_id: Mapped[UUID]
    body_name: Mapped[str]
    state: Mapped[str]
    opinion: Mapped[str | None] = mapped_column(TEXT_OF_FILLER)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
