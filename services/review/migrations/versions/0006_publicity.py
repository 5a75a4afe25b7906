"""Official publicity: what was posted, for how long, and what was objected."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    op.add_column("step", sa.Column("publicity", JSONB()))
    op.create_table(
        "publicity",
        sa.Column("publicity_id", sa.Uuid(), primary_key=True),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("body_name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.Column("posted_by", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("taken_down_at", MOMENT),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Index("publicity_body", "body_id", "publicity_id"),
        sa.Index("publicity_running", "publicity_id", postgresql_where=sa.text("state = 'running'")),
    )
    op.create_table(
        "publicity_case",
        sa.Column("publicity_id", sa.Uuid(), sa.ForeignKey("publicity.publicity_id"), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("review_case.application_id"), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Uuid(), sa.ForeignKey("step.step_id"), nullable=False, unique=True),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
    )
    create_objections()


def create_objections() -> None:
    op.create_table(
        "objection",
        sa.Column("objection_id", sa.Uuid(), primary_key=True),
        sa.Column("publicity_id", sa.Uuid(), sa.ForeignKey("publicity.publicity_id"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("attachment", sa.LargeBinary()),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("opinion", sa.LargeBinary()),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Index("objection_publicity", "publicity_id", "objection_id"),
    )
