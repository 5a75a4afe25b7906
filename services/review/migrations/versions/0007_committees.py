"""Committees, pools of experts, declared relations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    op.add_column("review_case", sa.Column("committee_group", TEXT, nullable=False, server_default=""))
    op.add_column("step", sa.Column("committee", JSONB()))
    op.add_column("step", sa.Column("committee_id", sa.Uuid()))
    op.create_table(
        "committee",
        sa.Column("committee_id", sa.Uuid(), primary_key=True),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("programmes", ARRAY(TEXT), nullable=False),
        sa.Column("groups", ARRAY(TEXT), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Index("committee_body", "body_id", "committee_id"),
    )
    create_experts()


def create_experts() -> None:
    op.create_table(
        "expert",
        sa.Column("expert_id", sa.Uuid(), primary_key=True),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("invitation", sa.LargeBinary()),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("specialties", ARRAY(TEXT), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_to", sa.Date(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Index("expert_body", "body_id", "expert_id"),
        sa.Index("expert_account", "account_id", "body_id", unique=True),
        sa.Index("expert_invitation", "invitation", unique=True),
    )
    op.create_table(
        "relation",
        sa.Column("relation_id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid()),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Index("relation_account", "account_id", "relation_id"),
    )
