"""Cases with their steps, the queues of bodies, the log."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_review.models.base import LIST_OF_FILLER, TEXT_OF_FILLER, Base
from shenbao_review.models.copies import Unit


class Case(Base):
    """One application under review.

    round: reports so far; first_round: the round since which results count (a recall begins anew).
    revision: that of the application when it was reported; routed: its route is laid out. group: which committee or
    group is to evaluate it, "" where the programme does not ask. skips: steps that do not concern its applicant.
    """

    __tablename__ = "review_case"
    __table_args__ = (
        sa.Index("review_case_unit", "unit_id", "state", "moved_at", "application_id"),
        sa.Index("review_case_filler", "filler_id", "state", "moved_at", "application_id"),
        sa.Index("review_case_moved", "moved_at", "application_id"),
        sa.Index("review_case_unrouted", "application_id", postgresql_where=sa.text("NOT routed")),
    )

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    programme: Mapped[str]
    programme_version: Mapped[int]
    project_id: Mapped[UUID]
    variant: Mapped[str]
    tier: Mapped[str]
    unit_id: Mapped[UUID]
    department_id: Mapped[UUID]
    filler_id: Mapped[UUID]
    operator_id: Mapped[UUID]
    group: Mapped[str] = mapped_column("committee_group", default="")
    skips: Mapped[list[str] | None] = mapped_column(JSONB)
    submitted_at: Mapped[datetime]
    round: Mapped[int]
    first_round: Mapped[int]
    revision: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[str]
    routed: Mapped[bool] = mapped_column(default=False)
    moved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    steps: Mapped[list["Step"]] = relationship(
        order_by="(Step.round, Step.stage, Step.key)", back_populates="case", lazy="raise_on_sql"
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="foreign(Case.unit_id) == Unit.unit_id", viewonly=True, lazy="raise_on_sql"
    )


class Step(Base):
    """One step of one round. Its decider's name and the pack's words are kept as they were when it was laid out.

    publicity: the terms of a publicity step; committee: those of one that a sitting decides;
    exam: those of an examination, with the score that was reached; due_on: the last day of
    its limit; escalated_to: the superior office that watches it since the limit passed.
    """

    __tablename__ = "step"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "round", "key"),
        sa.Index("step_body", "application_id", "body_id"),
    )

    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"))
    round: Mapped[int]
    stage: Mapped[int]
    key: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    body_id: Mapped[UUID]
    body_name: Mapped[str]
    actions: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    opinion_required: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    state: Mapped[str]
    opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    publicity: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    committee: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    committee_id: Mapped[UUID | None]
    exam: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    score: Mapped[float | None] = mapped_column(sa.Float)
    limit_days: Mapped[int | None]
    remind_before: Mapped[int | None]
    escalate: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    overdue_at: Mapped[datetime | None]
    escalated_to: Mapped[UUID | None]

    case: Mapped[Case] = relationship(back_populates="steps", lazy="raise_on_sql")


class QueueEntry(Base):
    """A case in the queue of one body, under the tab that the body's own steps give it.

    claimed_by: its officer, since claimed_at. Project and reference are repeated here so that a page of a queue is one
    range of one index.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        sa.Index("queue_entry_tab", "body_id", "tab", "since", "application_id"),
        sa.Index("queue_entry_all", "body_id", "since", "application_id"),
        sa.Index("queue_entry_project", "body_id", "project_id", "tab", "since", "application_id"),
        sa.Index("queue_entry_overdue", "body_id", "since", "application_id", postgresql_where=sa.text("overdue")),
        sa.Index("queue_entry_reference", "body_id", "reference", postgresql_ops={"reference": "text_pattern_ops"}),
    )

    body_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), primary_key=True)
    tab: Mapped[str]
    since: Mapped[datetime]
    project_id: Mapped[UUID]
    reference: Mapped[str]
    claimed_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    overdue: Mapped[bool] = mapped_column(default=False)

    case: Mapped[Case] = relationship(lazy="raise_on_sql")


class LogEntry(Base):
    """What was done to a case, by whom, when. Only ever added: a trigger refuses to change or remove a line.

    opinion, and items of a return: free text of an official about a person's case, so they are sealed. account_id:
    None for news of a unit's act that does not name the account.
    """

    __tablename__ = "log_entry"
    __table_args__ = (sa.Index("log_entry_case", "application_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"))
    round: Mapped[int]
    step_key: Mapped[str | None]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    body_id: Mapped[UUID]
    body_name: Mapped[str]
    account_id: Mapped[UUID | None]
    action: Mapped[str]
    opinion: Mapped[str | None] = mapped_column(TEXT_OF_FILLER)
    items: Mapped[list[dict[str, str]] | None] = mapped_column(LIST_OF_FILLER)
    batch_id: Mapped[UUID | None]
    at: Mapped[datetime]


class Seen(Base):
    """The version of a case that an officer looked at last."""

    __tablename__ = "seen"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), primary_key=True)
    version: Mapped[int]
