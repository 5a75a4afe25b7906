"""What an account has to do before anything else.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("account", sa.Column("due", sa.String(50), nullable=False, server_default=""))
    # A fact of a unit reaches all of its accounts.
    op.create_index("account_of_unit", "account", ["unit_id"], postgresql_where=sa.text("unit_id IS NOT NULL"))
