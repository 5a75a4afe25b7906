"""Under which department a unit stands: whose title office resets its password.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("department_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
