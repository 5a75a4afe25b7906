"""Rows of what comes before and beside an application: consents, analyses, reads of registers, notices."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import OF_ACCOUNT, Base
from shenbao_common.kernel.ids import uuid7


class Consent(Base):
    """Somebody agreed to a text of a version before a test or an analysis (S2-04)."""

    __tablename__ = "consent"
    __table_args__ = (sa.UniqueConstraint("account_id", "version_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID]
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programme_version.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    accepted_at: Mapped[datetime]


class Analysis(Base):
    """What registers said of a person. id: of the face authentication that opened it, which is so used up.

    One that was shown for a submission has no result.
    """

    __tablename__ = "analysis"
    __table_args__ = (sa.Index("analysis_by_age", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    version_id: Mapped[UUID] = mapped_column(sa.ForeignKey("programme_version.id"))
    result: Mapped[Any] = mapped_column(OF_ACCOUNT, nullable=True)
    created_at: Mapped[datetime]


class RegisterRead(Base):
    """One question to a register, recorded before it is sent. outcome: asked, read, failed."""

    __tablename__ = "register_read"
    __table_args__ = (
        sa.Index("register_read_by_analysis", "analysis_id"),
        sa.Index("register_read_by_account", "account_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    analysis_id: Mapped[UUID]
    account_id: Mapped[UUID]
    register: Mapped[str] = mapped_column(sa.String(40))
    purpose: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(sa.String(10))
    request_id: Mapped[str | None] = mapped_column(sa.String(40))


class Notice(Base):
    """What somebody was told of a project; `params` are the words' values, nothing personal."""

    __tablename__ = "notice"
    __table_args__ = (sa.Index("notice_by_account", "account_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(sa.String(40))
    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"))
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
