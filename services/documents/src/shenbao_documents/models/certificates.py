"""Certificates of this suite."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_documents.models.base import TEXT_OF_PERSON, Base


class CertificateCounter(Base):
    """The last number of a series; it is counted in the transaction that issues, so there is neither gap nor repeat."""

    __tablename__ = "certificate_counter"

    series: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    last: Mapped[int]


class Certificate(Base):
    """A certificate. state: valid, revoked or replaced; whether a valid one has expired is asked of the day. outdated:
    prolonged since it was drawn."""

    __tablename__ = "certificate"
    __table_args__ = (
        sa.Index("certificate_of_application", "application_id", "id"),
        sa.Index("certificate_by_content", "sha256"),
        sa.Index("one_valid_certificate", "application_id", unique=True, postgresql_where=sa.text("state = 'valid'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    organisation_name: Mapped[str] = mapped_column(sa.String(200))
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)  # in the QR code: nobody guesses it
    holder: Mapped[str] = mapped_column(TEXT_OF_PERSON)
    title: Mapped[str] = mapped_column(sa.String(200))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(sa.String(10))
    ended_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(TEXT_OF_PERSON)
    replaced_by_id: Mapped[UUID | None]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    outdated: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class EarlierPrint(Base):
    """What a certificate was before it was extended: whoever has it is told that it is genuine, and what is different.
    Kept by its hash alone."""

    __tablename__ = "certificate_earlier_print"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    certificate_id: Mapped[UUID]
    valid_until: Mapped[date]
