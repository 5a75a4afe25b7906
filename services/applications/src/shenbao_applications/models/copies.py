"""Copies of what other services own, fed by their events."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base


class Committee(Base):
    """Copy of a committee that review told of; revision: that of its last change. programmes, groups: [] for all."""

    __tablename__ = "committee"
    __table_args__ = (sa.Index("committee_by_organisation", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sa.String(200))
    programmes: Mapped[list[str]]
    groups: Mapped[list[str]]
    active: Mapped[bool]
    revision: Mapped[int]


class Organisation(Base):
    """Copy of the organisation tree (owner: units)."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    level: Mapped[str] = mapped_column(sa.String(40))


class Binding(Base):
    """Copy of the unit that a person belongs to now (owner: units); a later one replaces it."""

    __tablename__ = "binding"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    activated_at: Mapped[datetime]


class Unit(Base):
    """Copy of the units and their supervising departments (owner: units). self_declaring: it examines nothing."""

    __tablename__ = "unit"
    __table_args__ = (sa.Index("unit_self_declaring", "department_id", postgresql_where=sa.text("self_declaring")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    department_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(default=0)
    self_declaring: Mapped[bool] = mapped_column(default=False)
