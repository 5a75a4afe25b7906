"""Rows of documents. Rules live in domain."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column

from shenbao_common.data.sealed import SealedJson


class Base(DeclarativeBase):
    """Own metadata: five services may share one process."""


class File(Base):
    """An uploaded file that passed its checks; the bytes lie in the storage under their hash."""

    __tablename__ = "file"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    unit_id: Mapped[UUID | None] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(SealedJson)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    pages: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))


class Programme(Base):
    """Our copy of a published version: what its files may be and how its forms look."""

    __tablename__ = "programme"

    programme: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    slots: Mapped[dict[str, Any]] = mapped_column(JSONB)
    forms: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Application(Base):
    """Our copy of an application: the newest content that we heard of, as a keyed hash of what forms print."""

    __tablename__ = "application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    print_hash: Mapped[str] = mapped_column(sa.String(200))


class ApplicationFile(Base):
    """A file that a reported application stands on; filler_id may read it, whoever of the unit uploaded it."""

    __tablename__ = "application_file"

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    filler_id: Mapped[UUID]


class Reader(Base):
    """An organisation that has, or had, the application in its queue."""

    __tablename__ = "reader"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)


class Print(Base):
    """A form that was printed; the PDF lies in the storage under its hash."""

    __tablename__ = "print"
    __table_args__ = (sa.Index("print_of_application", "application_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(sa.String(100))
    title: Mapped[str] = mapped_column(sa.String(200))
    revision: Mapped[int]
    print_hash: Mapped[str] = mapped_column(sa.String(200))
    reference: Mapped[str] = mapped_column(sa.String(100))
    watermark: Mapped[bool]
    unit_id: Mapped[UUID]
    filler_id: Mapped[UUID]
    pages: Mapped[int]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    outdated: ClassVar[Mapped[bool]]
    """Asked when read, so that news in any order, and content that was changed back, need no care."""


Print.outdated = column_property(
    sa.exists()
    .where(Application.id == Print.application_id)
    .where(Application.revision > Print.revision, Application.print_hash != Print.print_hash)
    .correlate_except(Application)
)
