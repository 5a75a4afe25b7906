"""Staff of units, by whom a password is recovered; and who has reported a declaration.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("account", sa.Column("has_reported", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "unit_staff",
        sa.Column("link_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, nullable=False, index=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    # A unit's account is found by its credit code when its password is recovered.
    op.create_index(
        "account_by_credit_code", "account", ["credit_code"], postgresql_where=sa.text("credit_code IS NOT NULL")
    )
