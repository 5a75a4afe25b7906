"""Short messages: committed together with what they tell, sent afterwards, kept while the gateway is away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from shenbao_identity.models import OutgoingSms
from shenbao_identity.providers.sms import SmsGateway

_WORTH_SENDING = timedelta(days=2)
_AGAIN_AFTER = timedelta(seconds=30)
_AT_ONCE = 20


def send(session: Session, mobile: str, text: str, *, now: datetime, lives: timedelta = _WORTH_SENDING) -> None:
    """Leaves a message to be sent with this commit; lives: for how long it is worth sending."""
    message = {"to": mobile, "text": text}
    session.add(OutgoingSms(message=message, due_at=now, not_after=now + lives))


def deliver_due(sessions: sessionmaker[Session], gateway: SmsGateway, *, now: datetime) -> int:
    """Hands what is due to the gateway; answers how many it took.

    Each is put off before it is handed over and taken away afterwards, so that two workers never send the same one,
    and a message whose sending was cut off goes out again under its old key.
    """
    sent = 0
    for row in _claimed(sessions, now):
        if gateway.accepts(row.id, row.message):
            with sessions.begin() as session:
                session.execute(delete(OutgoingSms).where(OutgoingSms.id == row.id))
            sent += 1
    return sent


def _claimed(sessions: sessionmaker[Session], now: datetime) -> list[OutgoingSms]:
    with sessions.begin() as session:
        session.execute(delete(OutgoingSms).where(OutgoingSms.not_after <= now))
        due = select(OutgoingSms).where(OutgoingSms.due_at <= now).order_by(OutgoingSms.due_at).limit(_AT_ONCE)
        rows = list(session.scalars(due.with_for_update(skip_locked=True)))
        for row in rows:
            row.due_at = now + _AGAIN_AFTER
    return rows
