"""Rows of the code dictionaries: what is prepared, and the versions that were published of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base


class Code(Base):
    """A code as the next version will have it. changed_by: of the central office."""

    __tablename__ = "code"

    dictionary: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    zh: Mapped[str] = mapped_column(sa.String(200))
    en: Mapped[str] = mapped_column(sa.String(200))
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]


class CodeVersion(Base):
    """All dictionaries as they were published; it never changes. codes: per dictionary a list of key, zh and en.

    effective_on: the day in China from which new applications are made with it.
    """

    __tablename__ = "code_version"
    __table_args__ = (sa.Index("code_version_effective", "effective_on", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(60))
    effective_on: Mapped[date]
    codes: Mapped[dict[str, Any]]
    published_by: Mapped[UUID]
    published_at: Mapped[datetime]
