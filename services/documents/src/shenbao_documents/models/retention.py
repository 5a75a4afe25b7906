"""When cases were over, what stops their erasure, and what besides applications stands on files."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_documents.models.base import Base


class Case(Base):
    """A reported application on its way to its end. round: of its last report. outcome: approved, otherwise, or open.

    due_at: when the first of what it stands on is to be erased; null while the case is open, and where all that is
    left is kept for good.
    """

    __tablename__ = "case_kept"
    __table_args__ = (sa.Index("case_kept_due", "due_at", postgresql_where=sa.text("due_at is not null")),)

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(sa.String(100), server_default="")
    version: Mapped[int] = mapped_column(server_default="0")
    round: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    ended_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    due_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class Hold(Base):
    """Nothing of the application is erased from since on, until it is lifted.

    cause: `reconsideration` with its id, or `legal` with the application's, where an office says why.
    """

    __tablename__ = "hold"
    __table_args__ = (
        sa.Index("hold_of_application", "application_id", postgresql_where=sa.text("lifted_at is null")),
        sa.Index("hold_legal", "since", "id", postgresql_where=sa.text("cause = 'legal' and lifted_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    cause: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    reason: Mapped[str | None] = mapped_column(SealedJson)
    since: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    lifted_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class FileUser(Base):
    """Something that is no application and stands on files: the newest revision of it that we heard of."""

    __tablename__ = "file_user"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
