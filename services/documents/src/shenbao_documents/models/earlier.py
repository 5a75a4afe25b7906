"""Certificates of earlier systems: what they said, as it was handed over."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_documents.models import Base


class EarlierCertificate(Base):
    """Found by its number or by the exact ID number of its holder. holder: name, id_number."""

    __tablename__ = "earlier_certificate"
    __table_args__ = (sa.Index("earlier_certificate_holder", "number_index", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    holder: Mapped[dict[str, str]] = mapped_column(SealedJson)
    number_index: Mapped[bytes]
    title: Mapped[str] = mapped_column(sa.String(200))
    organisation_name: Mapped[str] = mapped_column(sa.String(200))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    imported_by: Mapped[UUID]
    imported_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
