"""Which files are in use."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_documents.models.base import Base


class FileUse(Base):
    """A file that something stands on: the newest content of an application, reported or not, or what else was told of
    (`applications.files_used`), by the id of that.
    """

    __tablename__ = "file_use"
    __table_args__ = (sa.Index("file_use_of_application", "application_id"),)

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
