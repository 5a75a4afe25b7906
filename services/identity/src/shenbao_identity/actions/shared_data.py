"""Reading personal data from the government's platform: after a face authentication, and never without a record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_identity.models import SharedDataRead

LEGAL_BASIS = "个人信息保护法第十三条第三项；国务院令第716号"


def record(
    session: Session, account_id: UUID, *, purpose: str, fields: list[str], outcome: str, now: datetime
) -> SharedDataRead:
    """Who, what, what for, on which basis and when; the data themselves are not kept here."""
    row = SharedDataRead(
        account_id=account_id,
        purpose=purpose,
        legal_basis=LEGAL_BASIS,
        fields=fields,
        outcome=outcome,
        read_at=now,
    )
    session.add(row)
    return row
