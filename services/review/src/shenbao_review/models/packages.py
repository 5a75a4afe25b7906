"""What one level reports up to the next in one package (S4a-07)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_review.models.base import TEXT_OF_FILLER, Base


class Package(Base):
    """From one office to another; received_at: None until that office has taken it in."""

    __tablename__ = "package"
    __table_args__ = (
        sa.Index("package_from", "from_id", "package_id"),
        sa.Index("package_to", "to_id", "package_id"),
    )

    package_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    from_id: Mapped[UUID]
    from_name: Mapped[str]
    to_id: Mapped[UUID]
    to_name: Mapped[str]
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID]
    received_at: Mapped[datetime | None]
    received_by: Mapped[UUID | None]

    cases: Mapped[list["PackageCase"]] = relationship(order_by="PackageCase.number", lazy="raise_on_sql")


class PackageCase(Base):
    """One case of it. step_id: the step that it opened above. returned_at, reason: it left the package, and why."""

    __tablename__ = "package_case"

    package_id: Mapped[UUID] = mapped_column(sa.ForeignKey("package.package_id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), primary_key=True)
    number: Mapped[int]
    reference: Mapped[str]
    step_id: Mapped[UUID] = mapped_column(sa.ForeignKey("step.step_id"), unique=True)
    returned_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(TEXT_OF_FILLER)
