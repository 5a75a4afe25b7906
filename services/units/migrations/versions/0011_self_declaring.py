"""Units that persons registered to declare in their name.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("unit", sa.Column("self_declaring", sa.Boolean, nullable=False, server_default=sa.false()))
