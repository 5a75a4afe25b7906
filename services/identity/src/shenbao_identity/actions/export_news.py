"""That a large export is written, told to whoever asked for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_identity.actions import messages
from shenbao_identity.domain.messages import Place
from shenbao_identity.models import Account


@dataclass(frozen=True, kw_only=True)
class Written:
    """at: when; kept_until: it is deleted then."""

    export_id: UUID
    rows: int
    at: datetime
    kept_until: datetime


def tell(session: Session, account_id: UUID, what: Written, *, now: datetime) -> None:
    """Once for each export; an account that is gone is told nothing."""
    account = session.get(Account, account_id)
    if account is None:
        return
    until = f"{what.kept_until.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
    news = messages.News(
        topic="export_written",
        fact=f"export_written:{what.export_id}",
        places={"rows": Place(str(what.rows), str(what.rows)), "until": Place(until, until)},
        export_id=what.export_id,
        happened_at=what.at,
    )
    messages.tell(session, account, news, now=now)
