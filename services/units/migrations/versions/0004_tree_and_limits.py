"""Organisations that are cancelled, who works at one, and how often somebody unknown asked the register.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("cancelled_at", sa.DateTime(timezone=True)))
    op.create_table(
        "office_account",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_index("office_account_of", "office_account", ["organisation_id"])
    op.create_table(
        "lookup_count",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
    )
    op.create_index("lookup_count_by_age", "lookup_count", ["since"])
    op.create_index("unit_of_department", "unit", ["department_id"])
