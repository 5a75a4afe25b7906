"""Where the gathering of a large table goes on, and the exports of an account."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("export", sa.Column("goes_on", sa.LargeBinary))
    with op.get_context().autocommit_block():
        op.create_index("export_of_account", "export", ["account_id", "id"], postgresql_concurrently=True)
