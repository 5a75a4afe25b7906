"""Who has claimed a case, what an officer has seen of it, and decisions on thousands of cases as one operation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    op.add_column("queue_entry", sa.Column("claimed_by", sa.Uuid()))
    op.add_column("log_entry", sa.Column("batch_id", sa.Uuid()))
    op.create_table(
        "seen",
        sa.Column("account_id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("review_case.application_id"), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    create_batches()


def create_batches() -> None:
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.Uuid(), primary_key=True),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("actor", JSONB(), nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("opinion", sa.LargeBinary()),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("stopped_why", TEXT),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Index("batch_body", "body_id", "batch_id"),
        sa.Index("batch_running", "batch_id", postgresql_where=sa.text("state = 'running'")),
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.batch_id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("code", TEXT),
        sa.Column("errors", JSONB()),
        sa.Index("batch_item_result", "batch_id", "result", "number"),
    )
