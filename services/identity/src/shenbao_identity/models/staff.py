"""Our copies of what units says: whose units are, and of their staff, by whom a unit's password is recovered."""

from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_identity.models.base import Base


class Unit(Base):
    """A unit and the department above it. revision: of its last move that was heard."""

    __tablename__ = "unit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    department_id: Mapped[UUID]
    revision: Mapped[int]


class UnitStaff(Base):
    """A person whom a unit has linked as staff (工作人员). state: enabled | disabled | removed."""

    __tablename__ = "unit_staff"

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(index=True)
    account_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int]
