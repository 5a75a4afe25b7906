"""Rows of what stands behind a unit: its authorization letters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_units.models.base import Base
from shenbao_units.models.rows import Organisation, Unit


class AuthorizationLetter(Base):
    """A sealed letter (授权委托书) by which a unit lets somebody use its account; each one that was handed in is kept.

    state: submitted | approved | rejected | superseded. affiliation_id: the bureau that decides. personal: user_name.
    """

    __tablename__ = "authorization_letter"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[UUID]
    affiliation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    document_id: Mapped[UUID]
    personal: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    state: Mapped[str] = mapped_column(String(15))
    reason: Mapped[str | None] = mapped_column(SealedJson)
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    affiliation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}
