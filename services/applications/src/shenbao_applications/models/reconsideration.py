"""Copy of review's reconsiderations: that one was asked for, and what came of it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base


class Reconsideration(Base):
    """state: open, granted or upheld."""

    __tablename__ = "reconsideration"

    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    reconsideration_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(sa.String(10))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
