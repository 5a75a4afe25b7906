"""Official publicity (公示): what was posted, for how long, and what was objected."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_review.models.base import OF_FILLER, TEXT_OF_FILLER, Base


class Publicity(Base):
    """One notice. posted_at, taken_down_at and content_hash are the evidence of what was shown when."""

    __tablename__ = "publicity"
    __table_args__ = (
        sa.Index("publicity_body", "body_id", "publicity_id"),
        sa.Index("publicity_running", "publicity_id", postgresql_where=sa.text("state = 'running'")),
    )

    publicity_id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID]
    body_name: Mapped[str]
    title: Mapped[str]
    working_days: Mapped[int]
    state: Mapped[str]
    posted_at: Mapped[datetime]
    posted_by: Mapped[UUID]
    last_day: Mapped[date]
    taken_down_at: Mapped[datetime | None]
    content_hash: Mapped[str]


class PublicityCase(Base):
    """One case of a notice. shown: the masked, allow-listed values that everybody may read while it is posted."""

    __tablename__ = "publicity_case"

    publicity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("publicity.publicity_id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), primary_key=True)
    number: Mapped[int]
    step_id: Mapped[UUID] = mapped_column(sa.ForeignKey("step.step_id"), unique=True)
    shown: Mapped[dict[str, Any]] = mapped_column(OF_FILLER)
    state: Mapped[str]


class Objection(Base):
    """What somebody objected to a case. content: text, and name and contact unless it is anonymous."""

    __tablename__ = "objection"
    __table_args__ = (sa.Index("objection_publicity", "publicity_id", "objection_id"),)

    objection_id: Mapped[UUID] = mapped_column(primary_key=True)
    publicity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("publicity.publicity_id"))
    application_id: Mapped[UUID]
    content: Mapped[dict[str, str]] = mapped_column(OF_FILLER)
    attachment: Mapped[dict[str, str] | None] = mapped_column(OF_FILLER)
    raised_at: Mapped[datetime]
    state: Mapped[str]
    opinion: Mapped[str | None] = mapped_column(TEXT_OF_FILLER)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
