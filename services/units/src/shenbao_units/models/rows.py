"""Rows of organisations, employers, and who belongs to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_units.models.base import OF_ACCOUNT, Base

REGISTERED_ONCE = "unit_registered_once"
ACCOUNT_USED_ONCE = "unit_account_used_once"
SUB_ACCOUNT_USED_ONCE = "sub_account_used_once"
ORGANISATION_CODE_ONCE = "organisation_code_once"
OFFICER_ONCE = "officer_once"
OFFICER_REQUESTED_ONCE = "officer_requested_once"
BINDING_PENDING_ONCE = "binding_pending_once"


class Organisation(Base):
    """A node of the tree of bureaus and departments. level: see domain.levels.

    A cancelled one stays as a row, so that its code is not used again.
    demands_letter: units below it bring an authorization letter before anything else.
    """

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("code", name=ORGANISATION_CODE_ONCE),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(30))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    demands_letter: Mapped[bool] = mapped_column(default=False)


class OfficeAccount(Base):
    """What units keep of an office's account: where it works, and whether it can sign in."""

    __tablename__ = "office_account"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(BigInteger)
    active: Mapped[bool]


class Unit(Base):
    """An employer under one supervising department.

    org_code: "" of one without any code. verified: registry | scan.
    personal: legal_representative, contact_name, contact_phone, email.
    revision: what listeners order by. version: what editors match. letter_state: domain.letters; "" where none is due.
    self_declaring: a person registered it to declare in its name; its department examines in its place.
    """

    __tablename__ = "unit"
    __table_args__ = (
        Index(REGISTERED_ONCE, "org_code", "department_id", unique=True, postgresql_where=text("org_code <> ''")),
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
    unit_type: Mapped[str] = mapped_column(String(30), default="")
    industry: Mapped[str] = mapped_column(String(100), default="")
    location: Mapped[str] = mapped_column(String(100), default="")
    registered_at: Mapped[datetime]
    letter_state: Mapped[str] = mapped_column(String(15), default="")
    self_declaring: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(BigInteger, default=1)
    version: Mapped[int] = mapped_column(BigInteger)

    department: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}


class SubAccount(Base):
    """A personal declaration account of a unit; its credential is identity's.

    state: enabled | disabled | deleted. A deleted one stays as a row without a name, so that its ticket cannot be used
    again. revision: grows with every change that tokens must know. valid_until: the last day of a delegation.
    personal: display_name; unsealed_name: where the version before this one kept it.
    """

    __tablename__ = "sub_account"
    __table_args__ = (PrimaryKeyConstraint("account_id", name=SUB_ACCOUNT_USED_ONCE),)

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    username: Mapped[str] = mapped_column(String(64))
    unsealed_name: Mapped[str] = mapped_column("display_name", String(100), default="")
    personal: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String(50)))
    state: Mapped[str] = mapped_column(String(10))
    valid_until: Mapped[date | None]
    revision: Mapped[int] = mapped_column(BigInteger, default=1)
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}

    @property
    def display_name(self) -> str:
        # The version before this one may have written since the name was sealed.
        return self.unsealed_name or str((self.personal or {}).get("display_name", ""))

    @display_name.setter
    def display_name(self, name: str) -> None:
        self.personal, self.unsealed_name = {"display_name": name}, ""


class Officer(Base):
    """An account that acts for a unit with all its permissions; its credential is identity's.

    personal: name, mobile; None of a first officer who registered before officers were kept. revision: of its events.
    """

    __tablename__ = "officer"
    __table_args__ = (PrimaryKeyConstraint("account_id", name=OFFICER_ONCE),)

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    personal: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[int] = mapped_column(BigInteger)

    __mapper_args__ = {"version_id_col": version}


class OfficerRequest(Base):
    """Somebody with a reserved account asks to act for a unit.

    state: waiting | approved | refused. unit_id: None when there is no such unit, which the asker is not told.
    letter_id: the sealed letter, for a decision by the supervising department. personal: name, mobile.
    """

    __tablename__ = "officer_request"
    __table_args__ = (UniqueConstraint("account_id", name=OFFICER_REQUESTED_ONCE),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    personal: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    letter_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(SealedJson)
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger)

    unit: Mapped[Unit | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}


class Binding(Base):
    """A person's belonging to a unit, asked for by the person and decided by the unit.

    state: pending | active | rejected | withdrawn | ended. personal: name, id_number (masked), note, reason.
    """

    __tablename__ = "binding"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    personal: Mapped[dict[str, Any]] = mapped_column(OF_ACCOUNT)
    state: Mapped[str] = mapped_column(String(10))
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}


class HistoryEntry(Base):
    """What happened to a unit, who did it, and between which values."""

    __tablename__ = "history_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(30))
    actor_id: Mapped[UUID]
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson)


class UnitNamePart(Base):
    """A unit's name in lower case from its character `at` on; written by the database itself."""

    __tablename__ = "unit_name_part"

    part: Mapped[str] = mapped_column(String(200, collation="C"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    at: Mapped[int | None] = mapped_column(Integer)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


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


class LookupCount(Base):
    """Look-ups of somebody unknown that found nothing; the key is a blind index of an address or a code."""

    __tablename__ = "lookup_count"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    since: Mapped[datetime]
    misses: Mapped[int]


class RegisterAnswer(Base):
    """An entry of the register, kept for the minutes between the two pages of a registration."""

    __tablename__ = "register_answer"

    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    entry: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    known_at: Mapped[datetime]
