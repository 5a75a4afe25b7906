"""Removes what has run out; nothing depends on it, because every reader looks at the time itself."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, false, func
from sqlalchemy.orm import Session

from shenbao_identity.actions import deliveries, reservations
from shenbao_identity.domain import lifetimes
from shenbao_identity.models import (
    AuthorizationCode,
    Base,
    BrowserSession,
    Challenge,
    FaceSession,
    FailedTries,
    ImageCode,
    RefreshToken,
    SharedDataRead,
    SmsCode,
    UsedTicket,
)


def clean(session: Session, *, now: datetime) -> dict[str, int]:
    """How many rows went, by table (docs/security.md says what is kept for how long)."""
    gone: dict[str, int] = {}
    for row, over in _over(now):
        gone[row.__tablename__] = session.connection().execute(delete(row).where(over)).rowcount
    deliveries.clean(session, now=now)
    reservations.lapse(session, now=now)
    return {name: number for name, number in gone.items() if number}


def _over(now: datetime) -> list[tuple[type[Base], ColumnElement[bool]]]:
    is_locked = func.coalesce(FailedTries.locked_until > now, false())
    return [
        *((row, row.expires_at <= now) for row in (AuthorizationCode, Challenge, ImageCode, RefreshToken)),
        (BrowserSession, BrowserSession.ends_at <= now),
        (FailedTries, (FailedTries.since <= now - lifetimes.FAILED_TRIES) & ~is_locked),
        (SmsCode, SmsCode.sent_at <= now - lifetimes.SENT_CODE),
        (UsedTicket, UsedTicket.used_at <= now - lifetimes.USED_TICKET),
        (FaceSession, FaceSession.created_at <= now - lifetimes.FACE_SESSION),
        (SharedDataRead, SharedDataRead.read_at <= now - lifetimes.SHARED_DATA_READ),
    ]
