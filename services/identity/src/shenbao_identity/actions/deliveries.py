"""Sending what waits, channel by channel: once each, later where a provider is away, and not what no one takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload, sessionmaker

from shenbao_common.data.of_person import ERASED
from shenbao_identity.actions import messages
from shenbao_identity.domain.account import State
from shenbao_identity.models import Account
from shenbao_identity.models.messages import Delivery, OutgoingSms
from shenbao_identity.providers.outgoing import Gateway, Outcome, Outgoing

LEASE = timedelta(minutes=2)
"""For how long a row is nobody else's; whoever took it and died gives it back by that."""

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=10)
_AT_ONCE = 20
_KEPT = timedelta(days=30)
"""For how long one can still look up what became of a message."""

_log = structlog.get_logger()


def deliver_due(sessions: sessionmaker[Session], gateways: Mapping[str, Gateway], *, now: datetime) -> int:
    """Hands what is due to the provider of each channel; answers how many they took.

    A row is put off before it is handed over, so that two workers never send the same one; one whose sending was cut
    off goes out again under its old key. With the first answer that a provider is away, the rest waits untouched.
    """
    sent = 0
    for channel, gateway in gateways.items():
        while rows := _claimed(sessions, channel, now):
            here, away = _through(sessions, gateway, rows, now)
            sent += here
            if away:
                break
    return sent


def pause_after(attempts: int) -> timedelta:
    """30 seconds, doubled with each attempt, up to ten minutes."""
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def clean(session: Session, *, now: datetime) -> None:
    """Gives up what is not worth sending any more, and forgets what was done long ago."""
    late = update(Delivery).where(Delivery.state == "waiting", Delivery.not_after <= now)
    session.execute(late.values(state="given_up", error="too_late", content=None, done_at=now))
    session.execute(delete(Delivery).where(Delivery.not_after <= now - _KEPT))


def _through(
    sessions: sessionmaker[Session], gateway: Gateway, rows: list[Delivery], now: datetime
) -> tuple[int, bool]:
    sent = 0
    for place, row in enumerate(rows):
        with sessions.begin() as session:
            ready = _composed(session, row)
        outcome = gateway.send(ready) if ready else Outcome.REFUSED
        with sessions.begin() as session:
            _note(session, row, outcome, "" if ready else "no_address", now)
            if outcome is Outcome.AWAY:
                _give_back(session, rows[place + 1 :], now)
        if outcome is Outcome.AWAY:
            _log.warning("provider_away", channel=row.channel, attempts=row.attempts)
            return sent, True
        sent += outcome is Outcome.TAKEN
    return sent, False


def _claimed(sessions: sessionmaker[Session], channel: str, now: datetime) -> list[Delivery]:
    with sessions.begin() as session:
        if channel == "sms":
            _take_over(session, now)
        due = select(Delivery).where(Delivery.channel == channel, Delivery.state == "waiting", Delivery.due_at <= now)
        due = due.where(Delivery.not_after > now).order_by(Delivery.due_at).limit(_AT_ONCE)
        rows = list(session.scalars(due.with_for_update(skip_locked=True)))
        for row in rows:
            row.due_at, row.attempts = now + LEASE, row.attempts + 1
    return rows


def _composed(session: Session, row: Delivery) -> Outgoing | None:
    """With the address as it now is; None where there is none to send to."""
    said = row.content or {}
    if row.message_id is None:
        return Outgoing(key=row.id, to=said["to"], subject=said.get("subject", ""), text=said["text"])
    kept = session.get(Delivery, row.id, options=[joinedload(Delivery.message)])
    message = kept.message if kept else None
    account = session.get(Account, message.account_id) if message else None
    if message is None or account is None or account.state == State.DELETED or message.content == ERASED:
        return None
    to = said.get("to") or account.personal.get("mobile" if row.channel == "sms" else "email")
    if not to:
        return None
    language = messages.choices_of(session, account.id).language
    text = message.content["sms" if row.channel == "sms" else "text"][language]
    return Outgoing(key=row.id, to=to, subject=message.content["title"][language], text=text)


def _note(session: Session, row: Delivery, outcome: Outcome, why: str, now: datetime) -> None:
    mine = update(Delivery).where(Delivery.id == row.id)
    if outcome is Outcome.AWAY:
        session.execute(mine.values(due_at=now + pause_after(row.attempts), error="away"))
        return
    state = "sent" if outcome is Outcome.TAKEN else "given_up"
    error = "" if outcome is Outcome.TAKEN else (why or "refused")
    session.execute(mine.values(state=state, error=error, content=None, done_at=now))


def _give_back(session: Session, rows: list[Delivery], now: datetime) -> None:
    untried = update(Delivery).where(Delivery.id.in_([row.id for row in rows]))
    session.execute(untried.values(due_at=now, attempts=Delivery.attempts - 1))


def _take_over(session: Session, now: datetime) -> None:
    """What the version before left to be sent; to be removed with its table when no such version runs any more."""
    old = delete(OutgoingSms).where(OutgoingSms.due_at <= now).returning(OutgoingSms)
    for row in session.scalars(old).all():
        session.add(Delivery(id=row.id, channel="sms", content=row.message, due_at=now, not_after=row.not_after))
