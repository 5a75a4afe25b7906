"""Staff that units link.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "staff_link",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    present = sa.text("state <> 'removed'")
    op.create_index("staff_linked_once", "staff_link", ["unit_id", "account_id"], unique=True, postgresql_where=present)
