"""Batches take turns."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("batch", sa.Column("tried_at", sa.DateTime(timezone=True)))
