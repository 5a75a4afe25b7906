"""Committees that evaluate, and the pools of experts from which their sittings are filled."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.data.sealed import SealedJson
from shenbao_review.models.base import Base


class Committee(Base):
    """A committee (评委会) that an office runs. programmes, groups: what it evaluates, empty for everything.

    outside: it sits elsewhere and hands in its results; nobody sits for it here.
    """

    __tablename__ = "committee"
    __table_args__ = (sa.Index("committee_body", "body_id", "committee_id"),)

    committee_id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID]
    name: Mapped[str]
    programmes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    groups: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    active: Mapped[bool] = mapped_column(default=True)
    outside: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(nullable=False)

    __mapper_args__ = {"version_id_col": version}


class Expert(Base):
    """Somebody in the pool of an office. unit_id: the employer, None for none known here.

    account_id: with which the expert votes, None until the invitation was taken up; invitation: a keyed hash of it.
    ended_at: since when nobody draws the expert any more.
    """

    __tablename__ = "expert"
    __table_args__ = (
        sa.Index("expert_body", "body_id", "expert_id"),
        sa.Index("expert_account", "account_id", "body_id", unique=True),
        sa.Index("expert_invitation", "invitation", unique=True),
    )

    expert_id: Mapped[UUID] = mapped_column(primary_key=True)
    body_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    invitation: Mapped[bytes | None]
    name: Mapped[str] = mapped_column(SealedJson)
    unit_id: Mapped[UUID | None]
    specialties: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    term_from: Mapped[date]
    term_to: Mapped[date]
    ended_at: Mapped[datetime | None]


class Relation(Base):
    """Declared: this account is related to an applicant, or to everybody of a unit; so it neither decides nor votes."""

    __tablename__ = "relation"
    __table_args__ = (sa.Index("relation_account", "account_id", "relation_id"),)

    relation_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    declared_by: Mapped[UUID]
    declared_at: Mapped[datetime]
