"""Withdrawn versions of programmes; open drafts found by their programme."""

import sqlalchemy as sa
from alembic import op

from shenbao_common.web import migrating

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("programme_version", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    # Beside the running service: the rows of applications are not locked while their index is made.
    with op.get_context().autocommit_block(), migrating.unhurried():
        op.create_index(
            "application_open_draft",
            "application",
            ["programme"],
            postgresql_where=sa.text("status in ('draft', 'ready_to_report')"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
