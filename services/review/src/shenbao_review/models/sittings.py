"""Sittings of committees: who sits, what is evaluated, and the urn.

Nothing here holds together who voted and what: a member's row says in which round they voted, the urn holds the slips
of all, sealed and in an order of chance, and neither has a time.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shenbao_common.data.sealed import SealedJson
from shenbao_review.models.base import Base
from shenbao_review.models.committees import Expert


class Sitting(Base):
    """planned → voting → closed (→ voting → closed) → signed; or cancelled. terms: of the programme, as they were.

    seats: how many may be through, None for all; chair_id: the expert who signs. draws: how members were drawn.
    content_hash: of the minutes that were signed.
    """

    __tablename__ = "sitting"
    __table_args__ = (sa.Index("sitting_body", "body_id", "sitting_id"),)

    sitting_id: Mapped[UUID] = mapped_column(primary_key=True)
    committee_id: Mapped[UUID] = mapped_column(sa.ForeignKey("committee.committee_id"))
    body_id: Mapped[UUID]
    committee_name: Mapped[str]
    title: Mapped[str]
    held_on: Mapped[date]
    seats: Mapped[int | None]
    terms: Mapped[dict[str, Any]]
    state: Mapped[str]
    round: Mapped[int] = mapped_column(default=0)
    chair_id: Mapped[UUID | None]
    draws: Mapped[list[dict[str, Any]]] = mapped_column(SealedJson)
    text: Mapped[str] = mapped_column(SealedJson)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    content_hash: Mapped[str | None]


class SittingMember(Base):
    """An expert in a sitting. drawn: by lot, else assigned. voted_round: the last round in which they voted."""

    __tablename__ = "sitting_member"
    __table_args__ = (sa.Index("sitting_member_account", "account_id", "sitting_id"),)

    sitting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sitting.sitting_id"), primary_key=True)
    expert_id: Mapped[UUID] = mapped_column(sa.ForeignKey("expert.expert_id"), primary_key=True)
    account_id: Mapped[UUID]
    drawn: Mapped[bool]
    attends: Mapped[bool] = mapped_column(default=False)
    voted_round: Mapped[int] = mapped_column(default=0)

    expert: Mapped[Expert] = relationship(lazy="raise_on_sql")


class SittingCase(Base):
    """A candidate. in_round: the round in which it is, or was last, voted on."""

    __tablename__ = "sitting_case"

    sitting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sitting.sitting_id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(sa.ForeignKey("review_case.application_id"), primary_key=True)
    step_id: Mapped[UUID] = mapped_column(sa.ForeignKey("step.step_id"), unique=True)
    number: Mapped[int]
    in_round: Mapped[int] = mapped_column(default=1)
    result: Mapped[str]


class SittingCount(Base):
    """What was counted for a candidate in a round."""

    __tablename__ = "sitting_count"

    sitting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sitting.sitting_id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    present: Mapped[int]
    yes: Mapped[int]
    no: Mapped[int]
    abstained: Mapped[int]


class Recusal(Base):
    """This member has no vote about this candidate. reason: the code of the conflict."""

    __tablename__ = "recusal"

    sitting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sitting.sitting_id"), primary_key=True)
    expert_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]


class Urn(Base):
    """The slips of one round: by candidate a list of [mark, choice], ordered by the mark, which is chance.

    One sealed value for all candidates and voters. A row or a time for each ballot would tell, with the order of the
    members, who cast it; slips of one member are not even kept together, since from whom they are recused tells it. All
    slips are equally long and none is compressed, lest the value's growth tell what was chosen.
    """

    __tablename__ = "urn"

    sitting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sitting.sitting_id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    slips: Mapped[dict[str, list[list[str]]]] = mapped_column(SealedJson(compressed=False))
    content_hash: Mapped[str | None]
