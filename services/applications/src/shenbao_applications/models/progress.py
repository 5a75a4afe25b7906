"""Rows of what an applicant did before the report."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base


class Milestone(Base):
    """When a stage before a report was last passed. key: information_saved or materials_saved.

    round: that of the report that came before, 0 before the first.
    """

    __tablename__ = "milestone"

    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    at: Mapped[datetime]
