"""Copies of what other services own."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_review.models.base import Base


class ProgrammeVersion(Base):
    """Of a published pack: its route, where a returned case enters again, and its names of statuses.

    items: what a return may list; None for a version that was heard before returns could. reconsideration: its terms,
    None where a rejection is final.
    """

    __tablename__ = "programme_version"

    programme: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    route: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    re_entry_step: Mapped[str]
    labels: Mapped[dict[str, Any]]
    items: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    reconsideration: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Project(Base):
    """Copy of a project: who opened it, and so accepts for it."""

    __tablename__ = "project"

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    publisher_id: Mapped[UUID]


class Organisation(Base):
    """Copy of a node of the organisation tree."""

    __tablename__ = "organisation"
    __table_args__ = (sa.Index("organisation_level", "level"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    level: Mapped[str]


class Unit(Base):
    """Copy of an employer; revision: that of its last change of department that was heard.

    self_declaring: a person declares in its name, so that its department examines in its place.
    """

    __tablename__ = "unit"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    department_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(default=0)
    self_declaring: Mapped[bool] = mapped_column(default=False)


class Recall(Base):
    """The last recall of an application, kept so that news of a report before it does not bring the case back."""

    __tablename__ = "recall"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(sa.BigInteger)
