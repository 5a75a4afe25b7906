"""Which organisation was shown which file as proof.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "proof",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
    )
