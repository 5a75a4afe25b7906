"""What units says of authorization letters: accounts of a unit do nothing else until theirs is approved (S1-09)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shenbao_identity.actions import messages, news
from shenbao_identity.models import Account

DUE = "authorization_required"
"""What the tokens of such an account say, and what every service then refuses with."""

_RESULTS = {"approved": "authorization_approved", "rejected": "authorization_rejected"}


def keep(session: Session, unit_id: UUID, *, account_id: UUID, state: str, now: datetime) -> None:
    """Opens or closes the unit's accounts, and tells the result to the bound mobile (S1-13)."""
    due = "" if state == "approved" else DUE
    changed = select(Account).where(Account.unit_id == unit_id, Account.due != due).order_by(Account.id)
    for account in session.scalars(changed.with_for_update()):
        account.due = due
        news.outdate_tokens(session, account)
    user = session.get(Account, account_id)
    if user and (topic := _RESULTS.get(state)):
        messages.tell(session, user, messages.News(topic=topic), now=now)


def inherited(session: Session, unit_id: UUID) -> str:
    """What is due of a further account of this unit."""
    return session.scalar(select(Account.due).where(Account.unit_id == unit_id).limit(1)) or ""
