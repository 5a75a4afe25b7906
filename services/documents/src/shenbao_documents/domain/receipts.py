"""What the signed receipt of an upload says, so that nobody has to ask this service about a file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

KIND = "shenbao-receipt+jwt"
LIFETIME = 24 * 3600
"""Seconds from the upload to the save of the form that the file belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """pages: of a PDF, else None. unit_id: None while a unit is registering. source: `upload`, or a provider."""

    document_id: UUID
    name: str
    size: int
    sha256: str
    media_type: str
    pages: int | None
    purpose: str
    account_id: UUID
    unit_id: UUID | None
    source: str
    made_at: datetime

    def claims(self) -> dict[str, Any]:
        return {
            "document_id": str(self.document_id),
            "name": self.name,
            "size": self.size,
            "sha256": self.sha256,
            "media_type": self.media_type,
            "pages": self.pages,
            "purpose": self.purpose,
            "account_id": str(self.account_id),
            "unit_id": str(self.unit_id) if self.unit_id else None,
            "source": self.source,
            "made_at": self.made_at.isoformat(),
        }
