"""Rows of the performance archive: whose it is, its records, their versions, and what was decided about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_applications.domain.archive import State
from shenbao_applications.models import Base
from shenbao_applications.models.base import OF_PERSON
from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7


class ArchiveHolder(Base):
    """Whose archive it is, as identity said last. person: name, id_type, id_number.

    parts: keyed hashes of pieces of name and number, by which a unit finds somebody without knowing all of it.
    """

    __tablename__ = "archive_holder"
    __table_args__ = (sa.Index("archive_holder_parts", "parts", postgresql_using="gin"),)

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[Any] = mapped_column(OF_PERSON)
    parts: Mapped[list[bytes]] = mapped_column(ARRAY(sa.LargeBinary))


class ArchiveRecord(Base):
    """One entry of somebody's archive, in the state of the version that was handed in last, if any was.

    number: of the latest version; passed_number: of the one that counts. unit_id: that verifies it, NOBODY until it is
    handed in for the first time.
    """

    __tablename__ = "archive_record"
    __table_args__ = (
        sa.Index("archive_record_unit", "unit_id", "category", "state", "id"),
        sa.Index("archive_record_holder", "account_id", "category", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("archive_holder.account_id"))
    unit_id: Mapped[UUID]
    category: Mapped[str] = mapped_column(sa.String(60))
    state: Mapped[str] = mapped_column(sa.String(10))
    number: Mapped[int] = mapped_column(default=1)
    passed_number: Mapped[int | None]
    version: Mapped[int] = mapped_column(nullable=False)
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    holder: Mapped[ArchiveHolder] = relationship(lazy="raise")
    versions: Mapped[list["ArchiveVersion"]] = relationship(lazy="raise", order_by="ArchiveVersion.number")

    __mapper_args__ = {"version_id_col": version}

    @property
    def latest(self) -> "ArchiveVersion":
        return self.versions[-1]

    @property
    def handed_in(self) -> "list[ArchiveVersion]":
        """What the unit was given, and reads: not what its owner works on since."""
        return [version for version in self.versions if version.state != State.DRAFT]

    @property
    def passed(self) -> "ArchiveVersion | None":
        return next((v for v in self.versions if v.number == self.passed_number), None)


class ArchiveVersion(Base):
    """What a record says, or said. values: by the fields of its category."""

    __tablename__ = "archive_version"
    __table_args__ = (sa.UniqueConstraint("record_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    record_id: Mapped[UUID] = mapped_column(sa.ForeignKey("archive_record.id"))
    number: Mapped[int]
    values: Mapped[Any] = mapped_column(OF_PERSON)
    state: Mapped[str] = mapped_column(sa.String(10))


class ArchiveEntry(Base):
    """What was done to a record, by whom. Only ever added: a trigger refuses to change or remove a line.

    action: submit, pass, fail, return; opinion: free text about a person's record, so it is sealed.
    """

    __tablename__ = "archive_entry"
    __table_args__ = (sa.Index("archive_entry_record", "record_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(sa.ForeignKey("archive_record.id"))
    number: Mapped[int]
    action: Mapped[str] = mapped_column(sa.String(10))
    account_id: Mapped[UUID]
    actor_name: Mapped[Any] = mapped_column(SealedJson)
    opinion: Mapped[Any | None] = mapped_column(SealedJson)
    at: Mapped[datetime]
