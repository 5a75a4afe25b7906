"""That a large export or many printed forms are ready, told to whoever asked for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from shenbao_common.kernel.clock import OFFICE_ZONE
from shenbao_identity.actions import messages
from shenbao_identity.domain.messages import Place
from shenbao_identity.models import Account


@dataclass(frozen=True, kw_only=True)
class Made:
    """id: of the export or print job; number: its rows or forms. at: when; kept_until: it is deleted then."""

    topic: Literal["export_written", "forms_printed"]
    id: UUID
    number: int
    at: datetime
    kept_until: datetime


def tell(session: Session, account_id: UUID, what: Made, *, now: datetime) -> None:
    """Once for each; an account that is gone is told nothing."""
    account = session.get(Account, account_id)
    if account is None:
        return
    until = f"{what.kept_until.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
    news = messages.News(
        topic=what.topic,
        fact=f"{what.topic}:{what.id}",
        places={"number": Place(str(what.number), str(what.number)), "until": Place(until, until)},
        export_id=what.id if what.topic == "export_written" else None,
        happened_at=what.at,
    )
    messages.tell(session, account, news, now=now)
