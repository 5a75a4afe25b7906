"""Rows of messages: what was told to whom, on which channels it goes out, and what programmes say it with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_common.data.of_person import SealedOfPerson, seal_for_person
from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7
from shenbao_identity.models import Base


class Message(Base):
    """What one account is told of one fact; its place in the portal's inbox.

    fact: names what happened, so that it is told once whatever comes twice.
    content: sealed; title, text and sms in each language, as the programme had them at that time.
    """

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("account_id", "fact"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    fact: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(50))
    programme: Mapped[str | None] = mapped_column(String(60))
    application_id: Mapped[UUID | None]
    export_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]] = mapped_column(SealedOfPerson)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


seal_for_person(Message, "content", owner="account_id")


class Delivery(Base):
    """A message on its way by one channel (sms, mail), and what became of it.

    content: of what is no account's message (a code), its receiver and text, sealed and gone once it is sent; of any
    other the receiver is looked up when it is sent. state: waiting | sent | given_up.
    due_at: not to be touched before; who sends it puts it off first, so that is the lease too.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("message_id", "channel"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    content: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(50), default="")

    message: Mapped[Message | None] = relationship()


class MessageChoices(Base):
    """By which channels an account wants its messages, and in which language; without a row: by all, in Chinese."""

    __tablename__ = "message_choices"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(5))
    channels: Mapped[list[str]] = mapped_column(ARRAY(String))


class ProgrammeWords(Base):
    """What a published version calls itself and its steps, and its own words for messages. by topic."""

    __tablename__ = "programme_words"

    programme: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]] = mapped_column(JSONB)
    steps: Mapped[dict[str, Any]] = mapped_column(JSONB)
    messages: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Declared(Base):
    """Our copy of who declared what: whom the news of an application concerns."""

    __tablename__ = "declared"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    programme: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    reference: Mapped[str] = mapped_column(String(50))
    filler_id: Mapped[UUID]
    operator_id: Mapped[UUID]


class OutgoingSms(Base):
    """Short messages of the version before, which the sender still takes over (see `deliveries`)."""

    __tablename__ = "outgoing_sms"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    message: Mapped[dict[str, Any]] = mapped_column(SealedJson)
    due_at: Mapped[datetime] = mapped_column(index=True)
    not_after: Mapped[datetime]
