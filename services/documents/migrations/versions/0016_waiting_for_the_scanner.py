"""Whose unit a file is that waits for the scanner: the worker keeps it without its sender."""

import sqlalchemy as sa
from alembic import op

from shenbao_common.web import migrating

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("upload", sa.Column("unit_id", sa.Uuid))
    with op.get_context().autocommit_block(), migrating.unhurried():
        op.create_index(
            "upload_checking",
            "upload",
            ["made_at"],
            postgresql_where=sa.text("state = 'checking'"),
            postgresql_concurrently=True,
        )
