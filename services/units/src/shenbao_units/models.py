"""Rows of units."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, PrimaryKeyConstraint, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7

REGISTERED_ONCE = "unit_registered_once"
ACCOUNT_USED_ONCE = "unit_account_used_once"
SUB_ACCOUNT_USED_ONCE = "sub_account_used_once"
ORGANISATION_CODE_ONCE = "organisation_code_once"


class Base(DeclarativeBase):
    """Of this service only: five services can share a process."""

    type_annotation_map = {datetime: DateTime(timezone=True), UUID: Uuid}


class Organisation(Base):
    """A node of the tree of bureaus and departments. level: see domain.levels."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("code", name=ORGANISATION_CODE_ONCE),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(30))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]


class Unit(Base):
    """An employer under one supervising department.

    verified: registry | scan. personal: legal_representative, contact_name, contact_phone.
    revision: what listeners order by. version: what editors match.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("org_code", "department_id", name=REGISTERED_ONCE),
        UniqueConstraint("account_id", name=ACCOUNT_USED_ONCE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID]
    org_code: Mapped[str] = mapped_column(String(9))
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    verified: Mapped[str] = mapped_column(String(10))
    verified_at: Mapped[datetime]
    certificate_id: Mapped[UUID | None]
    personal: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    address: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger, default=1)
    version: Mapped[int] = mapped_column(BigInteger)

    department: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}


class SubAccount(Base):
    """A personal declaration account of a unit; its credential is identity's.

    state: enabled | disabled | deleted. A deleted one stays as a row without a name, so that its ticket cannot be used
    again. revision: grows with every change that tokens must know.
    """

    __tablename__ = "sub_account"
    __table_args__ = (PrimaryKeyConstraint("account_id", name=SUB_ACCOUNT_USED_ONCE),)

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    username: Mapped[str] = mapped_column(String(64))
    display_name: Mapped[str] = mapped_column(String(100))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String(50)))
    state: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int] = mapped_column(BigInteger, default=1)
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class ApplicationCopy(Base):
    """What units keeps of an application: whose it is and whether it is reported and still under way.

    The two publishers are heard in any order, so a failure is kept with its round: it ends that round's report only.
    """

    __tablename__ = "application_copy"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID | None]
    filler_id: Mapped[UUID | None]
    reported: Mapped[bool] = mapped_column(default=False)
    round: Mapped[int] = mapped_column(default=0)
    failed_round: Mapped[int] = mapped_column(default=0)


class RegisterAnswer(Base):
    """An entry of the register, kept for the minutes between the two pages of a registration."""

    __tablename__ = "register_answer"

    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    entry: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    known_at: Mapped[datetime]
