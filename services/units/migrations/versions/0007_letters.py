"""Authorization letters of units.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("organisation", sa.Column("demands_letter", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("unit", sa.Column("letter_state", sa.String(15), nullable=False, server_default=""))
    op.create_table(
        "authorization_letter",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("affiliation_id", sa.Uuid, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(15), nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("submitted_at", TIME, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("letter_of_unit", "authorization_letter", ["unit_id", "id"])
    op.create_index(
        "letter_waiting",
        "authorization_letter",
        ["affiliation_id", "id"],
        postgresql_where=sa.text("state = 'submitted'"),
    )
