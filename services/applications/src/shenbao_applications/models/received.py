"""What offices have received."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base


class Received(Base):
    """One application in an office's list, since a step of it is or was the office's. status: the application's.

    Triggers keep these rows as steps and statuses move (migration 0021); nobody else writes them.
    """

    __tablename__ = "received"
    __table_args__ = (
        sa.Index("received_by_organisation", "organisation_id", "application_id"),
        sa.Index("received_by_status", "organisation_id", "status", "application_id"),
    )

    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(sa.String(20))
