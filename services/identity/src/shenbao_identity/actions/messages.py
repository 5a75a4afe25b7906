"""Telling an account of something: in its inbox, and on its way by the channels that it chose, in one commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_identity.domain.account import State
from shenbao_identity.domain.messages import CHANNELS, LANGUAGES, Place, channels_of, worded
from shenbao_identity.models import Account
from shenbao_identity.models.messages import Delivery, Message, MessageChoices

WORTH_SENDING = timedelta(days=7)
"""After that nobody is called up about it any more; in the portal it stays."""


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened. fact: names it; "" where telling it is the fact. own_words: those of the programme."""

    topic: str
    fact: str = ""
    own_words: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    programme: str | None = None
    application_id: UUID | None = None
    export_id: UUID | None = None
    happened_at: datetime | None = None


def tell(session: Session, account: Account, news: News, *, now: datetime, sms_to: str = "") -> None:
    """Once for each fact. sms_to: another number than the bound one."""
    fact = news.fact or f"{news.topic}:{uuid4()}"
    known = select(Message.id).where(Message.account_id == account.id, Message.fact == fact)
    if account.state == State.DELETED or session.scalar(known):
        return
    happened_at = news.happened_at or now
    message = Message(
        account_id=account.id,
        fact=fact,
        topic=news.topic,
        programme=news.programme,
        application_id=news.application_id,
        export_id=news.export_id,
        content=worded(news.topic, news.own_words, news.places),
        created_at=happened_at,
    )
    session.add(message)
    not_after = happened_at + WORTH_SENDING
    if not_after <= now:
        message.read_at = now  # Old news that came late calls nobody up, here neither.
        return
    for channel in channels_of(news.topic, choices_of(session, account.id).channels):
        to = {"to": sms_to} if sms_to and channel == "sms" else None
        session.add(Delivery(message=message, channel=channel, content=to, due_at=now, not_after=not_after))


def send_code(
    session: Session, channel: str, content: dict[str, str], *, now: datetime, lives: timedelta, given_up: bool = False
) -> None:
    """To a number or address that need not be anybody's yet. given_up: only looks as if something were on its way."""
    state = "given_up" if given_up else "waiting"
    kept = None if given_up else content
    session.add(Delivery(channel=channel, content=kept, state=state, due_at=now, not_after=now + lives))


def choices_of(session: Session, account_id: UUID) -> MessageChoices:
    """What the account chose, or what holds for whoever chose nothing."""
    usual = MessageChoices(account_id=account_id, language=LANGUAGES[0], channels=list(CHANNELS))
    return session.get(MessageChoices, account_id) or usual


def choose(session: Session, account_id: UUID, *, language: str, channels: list[str]) -> None:
    """Holds for what is told from now on."""
    said = {"language": language, "channels": [channel for channel in CHANNELS if channel in channels]}
    new = insert(MessageChoices).values(account_id=account_id, **said)
    session.execute(new.on_conflict_do_update(index_elements=["account_id"], set_=said))


def read(session: Session, account_id: UUID, ids: list[UUID] | None, *, now: datetime) -> None:
    """Marks the account's messages, or all of them, as read; others' it leaves alone."""
    unread = update(Message).where(Message.account_id == account_id, Message.read_at.is_(None))
    if ids is not None:
        unread = unread.where(Message.id.in_(ids))
    session.execute(unread.values(read_at=now))
