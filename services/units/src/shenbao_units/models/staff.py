"""Rows of a unit's staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_units.models.base import Base

LINKED_ONCE = "staff_linked_once"


class StaffLink(Base):
    """A registered person whom a unit has linked as staff (工作人员); by one of them its password is recovered.

    state: enabled | disabled | removed. personal: name, id_number (masked). revision: of its events.
    """

    __tablename__ = "staff_link"
    __table_args__ = (
        Index(LINKED_ONCE, "unit_id", "account_id", unique=True, postgresql_where=text("state <> 'removed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[UUID]
    personal: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    state: Mapped[str] = mapped_column(String(10))
    linked_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        return str(self.personal.get("name", ""))

    @property
    def id_number(self) -> str:
        return str(self.personal.get("id_number", ""))
