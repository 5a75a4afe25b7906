"""Many official forms printed at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_documents.models import Base


class PrintJob(Base):
    """state: gathering (sheets come in), waiting, writing, done. format: pdf (one file) or zip (one file per form)."""

    __tablename__ = "print_job"
    __table_args__ = (
        sa.Index("print_job_of_account", "account_id", "id"),
        sa.Index("print_job_by_content", "sha256"),
        sa.Index("print_job_waiting", "id", postgresql_where=sa.text("state in ('waiting', 'writing')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(sa.String(200))
    format: Mapped[str] = mapped_column(sa.String(3))
    state: Mapped[str] = mapped_column(sa.String(10))
    forms: Mapped[int]
    printed: Mapped[int]
    refused: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class PrintItem(Base):
    """One form of it. sheet: as applications signed it, until it is printed; then sha256 of the PDF, or refusal."""

    __tablename__ = "print_item"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "application_id"),
        sa.Index("print_item_by_content", "sha256"),
    )

    job_id: Mapped[UUID] = mapped_column(sa.ForeignKey("print_job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(sa.String(100))
    reported: Mapped[bool]
    sheet: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    refusal: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
