"""Messages of exports that are ready to be fetched.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("message", sa.Column("export_id", sa.Uuid))
