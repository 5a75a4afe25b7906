"""Professional staff of units, their appointments, and the structure of posts that these are held against."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_applications.models.base import Base
from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7


class StaffMember(Base):
    """Somebody of a unit's professional staff. person: name, sex, id_number, education, specialty."""

    __tablename__ = "staff_member"
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "number_index", name="staff_member_once"),
        sa.Index("staff_of_unit", "unit_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    unit_id: Mapped[UUID]
    person: Mapped[Any] = mapped_column(SealedJson)
    number_index: Mapped[bytes]
    version: Mapped[int] = mapped_column(nullable=False)
    created_at: Mapped[datetime]

    appointments: Mapped[list["Appointment"]] = relationship(
        lazy="raise", order_by="Appointment.id", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}


class Appointment(Base):
    """A post to which somebody is, or was, appointed. over_quota: it was entered although its level was full."""

    __tablename__ = "appointment"
    __table_args__ = (
        sa.Index("appointment_of_member", "member_id", "id"),
        sa.Index("appointment_once", "member_id", unique=True, postgresql_where=sa.text("ends_on IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff_member.id", ondelete="CASCADE"))
    level: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(100))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    over_quota: Mapped[bool]
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]


class StaffStructure(Base):
    """A unit's posts: how many there are, may be and are filled of each level; changed with what fills one.

    posts: of all levels, 0 where nobody has set them. quotas: most appointed by level; a level without is not limited.
    reaction: refuse or flag what exceeds a quota. appointed: by level. members: how many staff there are.
    """

    __tablename__ = "staff_structure"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    posts: Mapped[int]
    quotas: Mapped[dict[str, Any]]
    reaction: Mapped[str] = mapped_column(sa.String(10))
    appointed: Mapped[dict[str, Any]]
    members: Mapped[int]
