"""Committees that sit elsewhere and hand in their results."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("committee", sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.false()))
