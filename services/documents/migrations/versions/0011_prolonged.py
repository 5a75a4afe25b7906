"""Certificates that were prolonged since they were drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("certificate", sa.Column("outdated", sa.Boolean, nullable=False, server_default=sa.false()))
