"""Rows of registrations that somebody looks at before the unit is usable."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_units.models.base import Base
from shenbao_units.models.rows import Organisation

CASE_ONCE = "registration_case_once"


class RegistrationCase(Base):
    """A registration under manual review (人工注册审核), from the check of the unit on.

    state: domain.registration_cases. details: sealed; what the unit will be made of, and the agent (经办人).
    agreement, agreement_version, consented_at: the consent to the registration agreement, None where none was asked.
    bureau_id: who decides. rounds: how often it was handed in.
    """

    __tablename__ = "registration_case"
    __table_args__ = (UniqueConstraint("account_id", name=CASE_ONCE),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID]
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    bureau_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    certificate_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    agreement: Mapped[str | None] = mapped_column(String(50))
    agreement_version: Mapped[str | None] = mapped_column(String(20))
    consented_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(SealedJson)
    rounds: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(BigInteger)

    department: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True, foreign_keys=department_id)

    __mapper_args__ = {"version_id_col": version}
