"""What a return may list, and what it listed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("programme_version", sa.Column("items", JSONB()))
    op.add_column("log_entry", sa.Column("items", sa.LargeBinary()))
