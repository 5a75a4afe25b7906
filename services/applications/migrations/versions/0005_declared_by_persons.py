"""Forms in steps, and what was agreed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("application", sa.Column("saved_steps", JSONB()))
    op.create_table(
        "commitment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("application.id"), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("programme_version.id"), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("application_id", "key"),
    )
