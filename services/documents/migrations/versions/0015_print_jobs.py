"""Many forms printed at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "print_job",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("format", sa.String(3), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("forms", sa.Integer, nullable=False),
        sa.Column("printed", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size", sa.BigInteger),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Index("print_job_of_account", "account_id", "id"),
        sa.Index("print_job_by_content", "sha256"),
        sa.Index("print_job_waiting", "id", postgresql_where=sa.text("state in ('waiting', 'writing')")),
    )
    op.create_table(
        "print_item",
        sa.Column("job_id", sa.Uuid, sa.ForeignKey("print_job.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("reported", sa.Boolean, nullable=False),
        sa.Column("sheet", sa.LargeBinary),
        sa.Column("sha256", sa.String(64)),
        sa.Column("refusal", JSONB),
        sa.UniqueConstraint("job_id", "application_id"),
        sa.Index("print_item_by_content", "sha256"),
    )
