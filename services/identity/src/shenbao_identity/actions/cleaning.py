"""Removes what has run out; nothing depends on it, because every reader looks at the time itself."""

from datetime import datetime, timedelta

from sqlalchemy import delete, false, func
from sqlalchemy.orm import Session

from shenbao_identity.actions import deliveries, reservations
from shenbao_identity.domain import lifetimes
from shenbao_identity.models import (
    AuthorizationCode,
    BrowserSession,
    Challenge,
    FailedTries,
    ImageCode,
    RefreshToken,
    SmsCode,
    UsedTicket,
)

_DAY = timedelta(days=1)


def clean(session: Session, *, now: datetime) -> None:
    old, locked = FailedTries.since <= now - _DAY, func.coalesce(FailedTries.locked_until > now, false())
    for row in (AuthorizationCode, Challenge, ImageCode, RefreshToken):
        session.execute(delete(row).where(row.expires_at <= now))
    session.execute(delete(BrowserSession).where(BrowserSession.ends_at <= now))
    session.execute(delete(FailedTries).where(old, ~locked))
    session.execute(delete(SmsCode).where(SmsCode.sent_at <= now - 2 * _DAY))
    session.execute(delete(UsedTicket).where(UsedTicket.used_at <= now - lifetimes.USED_TICKET))
    deliveries.clean(session, now=now)
    reservations.lapse(session, now=now)
