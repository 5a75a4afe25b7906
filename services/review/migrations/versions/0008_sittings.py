"""Sittings of committees: members, candidates, recusals, counts, and the urn."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def _of_sitting() -> sa.Column[sa.Uuid]:
    return sa.Column("sitting_id", sa.Uuid(), sa.ForeignKey("sitting.sitting_id"), primary_key=True)


def upgrade() -> None:
    create_sittings()
    op.create_table(
        "sitting_case",
        _of_sitting(),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("review_case.application_id"), primary_key=True),
        sa.Column("step_id", sa.Uuid(), sa.ForeignKey("step.step_id"), nullable=False, unique=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_round", sa.Integer(), nullable=False),
        sa.Column("result", TEXT, nullable=False),
    )
    op.create_table(
        "sitting_count",
        _of_sitting(),
        sa.Column("round", sa.Integer(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("present", "yes", "no", "abstained")),
    )
    op.create_table(
        "recusal",
        _of_sitting(),
        sa.Column("expert_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), primary_key=True),
        sa.Column("reason", TEXT, nullable=False),
    )
    op.create_table(
        "urn",
        _of_sitting(),
        sa.Column("round", sa.Integer(), primary_key=True),
        sa.Column("slips", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", TEXT),
    )


def create_sittings() -> None:
    op.create_table(
        "sitting",
        sa.Column("sitting_id", sa.Uuid(), primary_key=True),
        sa.Column("committee_id", sa.Uuid(), sa.ForeignKey("committee.committee_id"), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("committee_name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer()),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.Uuid()),
        sa.Column("draws", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("signed_at", MOMENT),
        sa.Column("content_hash", TEXT),
        sa.Index("sitting_body", "body_id", "sitting_id"),
    )
    op.create_table(
        "sitting_member",
        _of_sitting(),
        sa.Column("expert_id", sa.Uuid(), sa.ForeignKey("expert.expert_id"), primary_key=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("attends", sa.Boolean(), nullable=False),
        sa.Column("voted_round", sa.Integer(), nullable=False),
        sa.Index("sitting_member_account", "account_id", "sitting_id"),
    )
