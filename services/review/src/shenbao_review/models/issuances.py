"""What follows publicity (评后管理): numbers, and the document by which an office issues them (S4a-09)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_review.models.base import TEXT_OF_FILLER, Base


class Issuance(Base):
    """Of one notice. document_number (发文字号), issuing_unit (发证单位): None until the document is issued."""

    __tablename__ = "issuance"
    __table_args__ = (sa.Index("issuance_body", "body_id", "issuance_id"),)

    issuance_id: Mapped[UUID] = mapped_column(primary_key=True)
    publicity_id: Mapped[UUID] = mapped_column(sa.ForeignKey("publicity.publicity_id"), unique=True)
    body_id: Mapped[UUID]
    title: Mapped[str]
    numbered_at: Mapped[datetime]
    numbered_by: Mapped[UUID]
    document_number: Mapped[str | None]
    issuing_unit: Mapped[str | None]
    issued_at: Mapped[datetime | None]

    numbers: Mapped[list["CertificateNumber"]] = relationship(order_by="CertificateNumber.number", lazy="raise_on_sql")


class CertificateNumber(Base):
    """Of one case; never given to another one, not even after its revocation."""

    __tablename__ = "certificate_number"

    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), primary_key=True)
    issuance_id: Mapped[UUID] = mapped_column(sa.ForeignKey("issuance.issuance_id"), index=True)
    reference: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(TEXT_OF_FILLER)


class NumberCounter(Base):
    """The last number of a series and year; the row is the lock under which numbers are given."""

    __tablename__ = "number_counter"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
