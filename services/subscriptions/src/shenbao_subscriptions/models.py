"""Rows of subscriptions: the log of what was heard, subscribers, their replays and deliveries, and small copies."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_common.kernel.ids import uuid7

NAME_ONCE = "subscriber_name_once"
CLIENT_ONCE = "subscriber_client_once"


class Base(DeclarativeBase):
    """Of this service only: the services can share a process."""

    type_annotation_map = {datetime: sa.DateTime(timezone=True), str: sa.Text, int: sa.BigInteger, UUID: sa.Uuid}


class LogEntry(Base):
    """An event as it was heard, at its place in the one order of this service, with what filters ask for.

    What is known of it is that of its time: a unit that moves takes its past along for nobody.
    bodies: the unit, and every organisation above it.
    """

    __tablename__ = "log"

    position: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    event_id: Mapped[UUID]
    type: Mapped[str]
    subject: Mapped[str]
    time: Mapped[datetime]
    envelope: Mapped[dict[str, Any]] = mapped_column(JSONB)
    programme: Mapped[str | None]
    year: Mapped[int | None] = mapped_column(sa.Integer)
    bodies: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    step: Mapped[str | None]
    result: Mapped[str | None]


class Subscriber(Base):
    """Another system, what it may hear, and how far it has come.

    types, programmes, years, bodies, steps, results: an empty list lets everything through.
    channel: webhook | amqp | feed. state: active | paused | removed. pause: why it is paused.
    filled_to: up to there the log has become deliveries. failures: in a row, since failing_since; it is left alone till
    quiet_until. password_hash: of its user on the broker, as long
    as there may be one. version: what editors match; the columns of its progress do not count.
    """

    __tablename__ = "subscriber"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    client_id: Mapped[str | None]
    account_id: Mapped[UUID | None]
    channel: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    programmes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    years: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer))
    bodies: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    steps: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    results: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    url: Mapped[str | None]
    auth: Mapped[str] = mapped_column(default="none")
    credentials: Mapped[dict[str, str] | None] = mapped_column(SealedJson)
    password_hash: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="active")
    pause: Mapped[str] = mapped_column(default="")
    filled_to: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    quiet_until: Mapped[datetime | None]
    delivered_position: Mapped[int | None]
    delivered_at: Mapped[datetime | None]
    error: Mapped[str | None]
    error_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def queue(self) -> str | None:
        """Of its own, on the broker; also the name of its user there."""
        return f"subscriber.{self.id}" if self.channel == "amqp" else None


class Replay(Base):
    """A part of the past that a subscriber is given again. after < position <= until; state: running | done."""

    __tablename__ = "subscriber_replay"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    subscriber_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscriber.id"))
    after: Mapped[int]
    until: Mapped[int]
    types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    subject: Mapped[str | None]
    since: Mapped[datetime | None]
    filled_to: Mapped[int]
    state: Mapped[str] = mapped_column(default="running")
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]


class Delivery(Base):
    """One event for one subscriber. state: pending | delivered | skipped. replay_id: it belongs to a replay."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    subscriber_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscriber.id"))
    replay_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("subscriber_replay.id"))
    position: Mapped[int]
    event_id: Mapped[UUID]
    type: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    next_attempt_at: Mapped[datetime | None]
    error: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    delivered_at: Mapped[datetime | None]


class Application(Base):
    """Copy of what an application's later events do not say."""

    __tablename__ = "application"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    unit_id: Mapped[UUID]
    project_id: Mapped[UUID | None]


class Project(Base):
    """Copy of a project: its year."""

    __tablename__ = "project"

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer)


class Unit(Base):
    """Copy of an employer: where it stands; revision: of its last change that was heard."""

    __tablename__ = "unit"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    department_id: Mapped[UUID]
    revision: Mapped[int]


class Organisation(Base):
    """Copy of a node of the organisation tree."""

    __tablename__ = "organisation"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
