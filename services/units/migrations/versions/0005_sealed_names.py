"""Names of sub-accounts sealed; the worker seals those there are, `display_name` goes in a later release.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("sub_account", sa.Column("personal", sa.LargeBinary))
    op.alter_column("sub_account", "display_name", server_default="")
    op.create_index(
        "sub_account_unsealed", "sub_account", ["account_id"], postgresql_where=sa.text("display_name <> ''")
    )
