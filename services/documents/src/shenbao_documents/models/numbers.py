"""Numbers that another office's document gives to certificates."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from shenbao_documents.models import Base


class AssignedNumber(Base):
    """Given by a document (发文) after publicity; issuing_unit: what the certificate names as its issuer."""

    __tablename__ = "assigned_number"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    document_number: Mapped[str]
    issuing_unit: Mapped[str]
    revoked: Mapped[bool] = mapped_column(default=False)
