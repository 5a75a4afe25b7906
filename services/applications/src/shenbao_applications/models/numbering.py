"""Numbers of applicants within a plan."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base


class ApplicantNumber(Base):
    """The number of an applicant in a project, counted from 1 without gaps; once given it stays."""

    __tablename__ = "applicant_number"

    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("application.id"), unique=True)
