"""The unit that a person belongs to, and the batch of a project."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("project", sa.Column("batch", sa.String(60), nullable=False, server_default=""))
